<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>A microscope for language models. Everything on show comes from the model that runs, for the text as it stands; nothing is smoothed, cut or made up.</source>
        <translation>语言模型的显微镜。所见的一切都来自正在运行的模型，针对当前的文本；没有平滑，没有截断，也没有编造。</translation>
    </message>
    <message>
        <source>About Visualizer</source>
        <translation>关于 Visualizer</translation>
    </message>
    <message>
        <source>Licensed under the Apache License, version 2.0.</source>
        <translation>以 Apache 许可证 2.0 版授权。</translation>
    </message>
</context>
<context>
    <name>ArchitectureMap</name>
    <message>
        <source>+ position</source>
        <translation>+ 位置</translation>
    </message>
    <message>
        <source>Add &amp; Norm</source>
        <translation>残差与归一化</translation>
    </message>
    <message>
        <source>Cross-attention</source>
        <translation>交叉注意力</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>词嵌入</translation>
    </message>
    <message>
        <source>Feed-forward</source>
        <translation>前馈网络</translation>
    </message>
    <message>
        <source>Lesson {title}</source>
        <translation>课程：{title}</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>线性映射</translation>
    </message>
    <message>
        <source>Masked attention</source>
        <translation>带掩码的注意力</translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Self-attention</source>
        <translation>自注意力</translation>
    </message>
    <message>
        <source>Text so far</source>
        <translation>已有的文本</translation>
    </message>
    <message>
        <source>Text to translate</source>
        <translation>待译的原文</translation>
    </message>
    <message>
        <source>Where this lesson is in the Transformer</source>
        <translation>本课在 Transformer 中的位置</translation>
    </message>
    <message>
        <source>here you are</source>
        <translation>你在这里</translation>
    </message>
</context>
<context>
    <name>AskEntry</name>
    <message>
        <source>Ask for a token or word</source>
        <translation>查找词元或词</translation>
    </message>
    <message>
        <source>Ask for a token or word, e.g. &apos; step&apos;</source>
        <translation>查找词元或词，例如 &apos; step&apos;</translation>
    </message>
    <message>
        <source>Follow the probability of any token or word while you type.
A space in front belongs to the word and makes it another one; quotes keep it: &apos; step&apos;. In quotes, \n is a line break. #1234 is the token with this id.</source>
        <translation>边输入边跟踪任意词元或词的概率。
前面的空格属于这个词，有无空格是不同的词；可用引号保留空格：&apos; step&apos;。引号内的 \n 表示换行。#1234 表示编号为此数的词元。</translation>
    </message>
    <message>
        <source>What may be meant</source>
        <translation>可能所指</translation>
    </message>
    <message>
        <source>{text}    one token, id {id}</source>
        <translation>{text}    一个词元，编号 {id}</translation>
    </message>
    <message>
        <source>{text}    {n} tokens: {parts}</source>
        <translation>{text}    {n} 个词元：{parts}</translation>
    </message>
</context>
<context>
    <name>AttentionArcs</name>
    <message>
        <source>Attention as lines between tokens</source>
        <translation>词元之间的注意力连线</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>已隐藏</translation>
    </message>
    <message>
        <source>key (is looked at)</source>
        <translation>键（被看）</translation>
    </message>
    <message>
        <source>query (looks)</source>
        <translation>查询（在看）</translation>
    </message>
</context>
<context>
    <name>AttentionPage</name>
    <message>
        <source>A few tokens with numbers that can be typed</source>
        <translation>几个词元，数可以自己输入</translation>
    </message>
    <message>
        <source>A head of the model</source>
        <translation>模型的一个头</translation>
    </message>
    <message>
        <source>Attention by hand</source>
        <translation>亲手计算的注意力</translation>
    </message>
    <message>
        <source>Attention of layer {layer}, head {head}</source>
        <translation>第 {layer} 层第 {head} 个头的注意力</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>亲手计算</translation>
    </message>
    <message>
        <source>Queries and keys turned by their position</source>
        <translation>查询和键按位置转动</translation>
    </message>
    <message>
        <source>Rotary embedding</source>
        <translation>旋转位置编码</translation>
    </message>
    <message>
        <source>The same steps with the model’s numbers</source>
        <translation>同样的步骤，用模型自己的数</translation>
    </message>
</context>
<context>
    <name>AttentionText</name>
    <message>
        <source>Text shaded by attention</source>
        <translation>按注意力着色的文本</translation>
    </message>
</context>
<context>
    <name>AttentionTrio</name>
    <message>
        <source>Cross-attention</source>
        <translation>交叉注意力</translation>
    </message>
    <message>
        <source>Each row looks at the columns; its weights add up to 1.</source>
        <translation>每一行看各列，一行的权重之和为 1。</translation>
    </message>
    <message>
        <source>Encoder self-attention</source>
        <translation>编码器自注意力</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Masked self-attention</source>
        <translation>带掩码的自注意力</translation>
    </message>
    <message>
        <source>The source looks at itself, both ways.</source>
        <translation>原文看自己，前后都看。</translation>
    </message>
    <message>
        <source>What is written looks at its own past.</source>
        <translation>已写的词只看自己的过去。</translation>
    </message>
    <message>
        <source>What is written looks at the source.</source>
        <translation>写出的词看原文。</translation>
    </message>
    <message>
        <source>Whose attention is shown, in all three maps</source>
        <translation>三张图显示哪一层、哪个头的注意力</translation>
    </message>
    <message>
        <source>key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>layer {layer}, head {head}</source>
        <translation>第 {layer} 层第 {head} 头</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>mean of layer {layer}’s heads</source>
        <translation>第 {layer} 层各头的平均</translation>
    </message>
    <message>
        <source>query</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>writes</source>
        <translation>写出</translation>
    </message>
</context>
<context>
    <name>AxisSwitch</name>
    <message>
        <source>0–100</source>
        <translation>0–100</translation>
    </message>
    <message>
        <source>Axis from 0 to 100 %</source>
        <translation>0 到 100 % 的坐标轴</translation>
    </message>
    <message>
        <source>Axis of the bars</source>
        <translation>概率条的坐标轴</translation>
    </message>
    <message>
        <source>Axis that fits the bars</source>
        <translation>适应概率条的坐标轴</translation>
    </message>
    <message>
        <source>Draw the bars on a logarithmic axis, from 10⁻⁶ % to 100 %: each line is ten times the one before. What is less likely than its left end is marked ◂.</source>
        <translation>用对数坐标轴画概率条，从 10⁻⁶ % 到 100 %：每条刻度线是前一条的十倍。比左端更不可能的以 ◂ 标出。</translation>
    </message>
    <message>
        <source>Logarithmic axis</source>
        <translation>对数坐标轴</translation>
    </message>
    <message>
        <source>The axis always goes from 0 to 100 %, so that texts can be compared.</source>
        <translation>坐标轴始终为 0 到 100 %，便于比较不同文本。</translation>
    </message>
    <message>
        <source>The axis ends at the next of 5, 10, 25, 50 and 100 % above the longest bar; where everything else is more than that, its bar ends with ▸.</source>
        <translation>坐标轴止于最长概率条之上最近的 5、10、25、50 或 100 %；若“其余全部”超过该值，其条以 ▸ 结尾。</translation>
    </message>
    <message>
        <source>fit</source>
        <translation>自适应</translation>
    </message>
    <message>
        <source>log</source>
        <translation>对数</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close this notice</source>
        <translation>关闭此通知</translation>
    </message>
    <message>
        <source>Notice</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>{n} more</source>
        <translation>还有 {n} 条</translation>
    </message>
</context>
<context>
    <name>BarChart</name>
    <message>
        <source>Next-token candidates</source>
        <translation>下一个词元的候选</translation>
    </message>
    <message>
        <source>No candidate is selected.</source>
        <translation>未选中候选。</translation>
    </message>
    <message>
        <source>Selected: rank {rank}, {text}, {percent}.</source>
        <translation>已选中：第 {rank} 名，{text}，{percent}。</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>抽中</translation>
    </message>
    <message>
        <source>everything else</source>
        <translation>其余全部</translation>
    </message>
    <message>
        <source>{drawn:,} of {n:,} draws, seed {seed}</source>
        <translation>{n:,} 次抽取中的 {drawn:,} 次，种子 {seed}</translation>
    </message>
</context>
<context>
    <name>BarTips</name>
    <message>
        <source>The product of its tokens&apos; probabilities, each given those before it and before sampling parameters; other ways to spell it are not counted.</source>
        <translation>各词元概率之积，每个概率以前文为条件，未应用采样参数；不计其他拆分写法。</translation>
    </message>
    <message>
        <source>a special token of this model</source>
        <translation>此模型的特殊词元</translation>
    </message>
    <message>
        <source>after sampling</source>
        <translation>采样参数之后</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>还有 {n} 个</translation>
    </message>
    <message>
        <source>before the change</source>
        <translation>改动之前</translation>
    </message>
    <message>
        <source>being computed</source>
        <translation>正在计算</translation>
    </message>
    <message>
        <source>bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>can be drawn</source>
        <translation>可被抽中</translation>
    </message>
    <message>
        <source>change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>everything else</source>
        <translation>其余全部</translation>
    </message>
    <message>
        <source>id</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>log-probability</source>
        <translation>对数概率</translation>
    </message>
    <message>
        <source>logit</source>
        <translation>logit</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>rank</source>
        <translation>名次</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>已排除</translation>
    </message>
    <message>
        <source>removed by {stage}</source>
        <translation>被{stage}排除</translation>
    </message>
    <message>
        <source>special</source>
        <translation>特殊</translation>
    </message>
    <message>
        <source>step by step</source>
        <translation>逐步</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>this token really came next</source>
        <translation>文中实际的下一个词元</translation>
    </message>
    <message>
        <source>token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>word</source>
        <translation>词</translation>
    </message>
    <message>
        <source>{n:,} of them</source>
        <translation>共 {n:,} 个</translation>
    </message>
    <message>
        <source>{n:,} tokens</source>
        <translation>{n:,} 个词元</translation>
    </message>
</context>
<context>
    <name>BeamList</name>
    <message>
        <source>log-probability</source>
        <translation>对数概率</translation>
    </message>
    <message>
        <source>probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>translation</source>
        <translation>译文</translation>
    </message>
</context>
<context>
    <name>BesidePane</name>
    <message>
        <source>As the tutorial prints it: random tokens</source>
        <translation>照教程的原样：随机词元</translation>
    </message>
    <message>
        <source>Run both</source>
        <translation>两个一起训练</translation>
    </message>
    <message>
        <source>Shifted by one: a text</source>
        <translation>错开一位：真正的文本</translation>
    </message>
    <message>
        <source>Step {a} and {b} of {n}.</source>
        <translation>第 {a} 步和第 {b} 步，共 {n} 步。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>The same model of {n:,} layers twice, with the tutorial&apos;s batch of {b} rows of {t} tokens. Only the data and the target differ.</source>
        <translation>同一个 {n:,} 层的模型训练两次，批次与教程相同：{b} 行，每行 {t} 个词元。不同的只有数据和目标。</translation>
    </message>
    <message>
        <source>Train two small models, each for {n} steps</source>
        <translation>训练两个小模型，各 {n} 步</translation>
    </message>
    <message>
        <source>{a} and {b} steps.</source>
        <translation>分别训练了 {a} 步和 {b} 步。</translation>
    </message>
</context>
<context>
    <name>BiasEditor</name>
    <message>
        <source>A token, a word of one token, or an id such as #42; Enter puts it on the list. Quotes keep spaces: &apos; the&apos;.</source>
        <translation>词元、单个词元的词，或 #42 这样的编号；按回车键加入列表。可用引号保留空格：&apos; the&apos;。</translation>
    </message>
    <message>
        <source>Added to the token&apos;s logit, from −100 to 100; below that the token is banned.</source>
        <translation>加到该词元的 logit 上，从 −100 到 100；再低则禁用该词元。</translation>
    </message>
    <message>
        <source>Bias</source>
        <translation>偏置</translation>
    </message>
    <message>
        <source>Delete or a double click takes a token off the list.</source>
        <translation>按 Delete 或双击可把词元移出列表。</translation>
    </message>
    <message>
        <source>Favoured and banned tokens</source>
        <translation>偏好与禁用的词元</translation>
    </message>
    <message>
        <source>Token to favour or ban</source>
        <translation>要偏好或禁用的词元</translation>
    </message>
    <message>
        <source>ban</source>
        <translation>禁用</translation>
    </message>
    <message>
        <source>token or #id</source>
        <translation>词元或 #编号</translation>
    </message>
    <message>
        <source>token {token_id}, which this model does not have</source>
        <translation>词元 {token_id}，此模型没有它</translation>
    </message>
    <message>
        <source>token {token_id}: {name}</source>
        <translation>词元 {token_id}：{name}</translation>
    </message>
</context>
<context>
    <name>BlockMaps</name>
    <message>
        <source>W1 (b1 is 0)</source>
        <translation>W1（b1 为 0）</translation>
    </message>
    <message>
        <source>W2 (b2 is 0)</source>
        <translation>W2（b2 为 0）</translation>
    </message>
</context>
<context>
    <name>BlockPage</name>
    <message>
        <source>A token’s vector through one block, every number</source>
        <translation>一个词元的向量穿过一个块，每个数都看得到</translation>
    </message>
    <message>
        <source>Length of the residual stream</source>
        <translation>残差流的长度</translation>
    </message>
    <message>
        <source>Many blocks</source>
        <translation>许多块</translation>
    </message>
    <message>
        <source>One token</source>
        <translation>一个词元</translation>
    </message>
    <message>
        <source>Similarity of the tokens in the model</source>
        <translation>模型里各词元的相似度</translation>
    </message>
    <message>
        <source>The model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>The residual stream of the model at hand</source>
        <translation>手头模型的残差流</translation>
    </message>
    <message>
        <source>With the residual and without, block by block</source>
        <translation>有残差与没有残差，逐块比较</translation>
    </message>
    <message>
        <source>“{word}” through a block</source>
        <translation>“{word}”穿过一个块</translation>
    </message>
</context>
<context>
    <name>BlockRows</name>
    <message>
        <source>From number {row} to unit {column}</source>
        <translation>从第 {row} 个数到第 {column} 个单元</translation>
    </message>
    <message>
        <source>From unit {row} to number {column}</source>
        <translation>从第 {row} 个单元到第 {column} 个数</translation>
    </message>
    <message>
        <source>Learned: what each normalised number is multiplied by</source>
        <translation>学出来的：归一化后的每个数乘以它</translation>
    </message>
    <message>
        <source>Learned: what is then added to each</source>
        <translation>学出来的：乘过之后再加上它</translation>
    </message>
    <message>
        <source>Less the mean, over the standard deviation</source>
        <translation>减去均值，再除以标准差</translation>
    </message>
    <message>
        <source>No residual: attention takes the place of what came in</source>
        <translation>没有残差：注意力的结果取代了进来的向量</translation>
    </message>
    <message>
        <source>No residual: the network takes the place of what came in</source>
        <translation>没有残差：前馈网络的结果取代了进来的向量</translation>
    </message>
    <message>
        <source>Of {n} units</source>
        <translation>共 {n} 个单元</translation>
    </message>
    <message>
        <source>ReLU: units below 0 are switched off</source>
        <translation>ReLU：小于 0 的单元关掉</translation>
    </message>
    <message>
        <source>The first linear map, to twice as many units</source>
        <translation>第一次线性变换，变成两倍多的单元</translation>
    </message>
    <message>
        <source>The output with the norms in the other place</source>
        <translation>归一化换个位置时的输出</translation>
    </message>
    <message>
        <source>The residual: attention is added to what came in</source>
        <translation>残差：注意力的结果加到进来的向量上</translation>
    </message>
    <message>
        <source>The residual: the network is added to what came in</source>
        <translation>残差：前馈网络的结果加到进来的向量上</translation>
    </message>
    <message>
        <source>The second linear map, back to the width</source>
        <translation>第二次线性变换，变回原来的宽度</translation>
    </message>
    <message>
        <source>The token’s vector: type other numbers</source>
        <translation>词元的向量：可以改成别的数</translation>
    </message>
    <message>
        <source>What attention gathers from all words</source>
        <translation>注意力从所有的词收集来的</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>偏置</translation>
    </message>
    <message>
        <source>gain</source>
        <translation>增益</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>variance</source>
        <translation>方差</translation>
    </message>
    <message>
        <source>with post-norm instead</source>
        <translation>若用后归一化</translation>
    </message>
    <message>
        <source>with pre-norm instead</source>
        <translation>若用前归一化</translation>
    </message>
    <message>
        <source>{n} below 0</source>
        <translation>{n} 个小于 0</translation>
    </message>
    <message>
        <source>{n} off</source>
        <translation>关掉 {n} 个</translation>
    </message>
</context>
<context>
    <name>CallList</name>
    <message>
        <source>The calls, as code</source>
        <translation>以代码写出的调用</translation>
    </message>
</context>
<context>
    <name>ChallengePage</name>
    <message>
        <source>Find a head</source>
        <translation>找出一个头</translation>
    </message>
    <message>
        <source>Find out from its picture what is broken</source>
        <translation>从图上看出哪里坏了</translation>
    </message>
    <message>
        <source>Mend an attention</source>
        <translation>修好一个注意力</translation>
    </message>
    <message>
        <source>The induction head of the model at hand</source>
        <translation>手头模型里的归纳头</translation>
    </message>
    <message>
        <source>Three minutes</source>
        <translation>三分钟</translation>
    </message>
    <message>
        <source>Train a model that beats the table</source>
        <translation>训练一个胜过表格的模型</translation>
    </message>
</context>
<context>
    <name>ChatHistory</name>
    <message>
        <source>Double-click, or press Enter, to write this message anew; what followed it is left out and can be brought back.</source>
        <translation>双击或按回车键重写这条消息；其后的内容会被去掉，但可以恢复。</translation>
    </message>
    <message>
        <source>Earlier messages</source>
        <translation>此前的消息</translation>
    </message>
    <message>
        <source>model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>user</source>
        <translation>用户</translation>
    </message>
</context>
<context>
    <name>ChatPane</name>
    <message>
        <source>As it is sent</source>
        <translation>实际发送</translation>
    </message>
    <message>
        <source>Begin another conversation, with the same system message</source>
        <translation>用同样的系统消息开始另一段对话</translation>
    </message>
    <message>
        <source>Bring back</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Bring back the conversation that was cut short</source>
        <translation>恢复被截短的对话</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Keep the reply as part of the conversation, and write the next message</source>
        <translation>把回复留在对话里，接着写下一条消息</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Next message</source>
        <translation>下一条消息</translation>
    </message>
    <message>
        <source>Put the conversation on the clipboard</source>
        <translation>把对话放到剪贴板</translation>
    </message>
    <message>
        <source>System message</source>
        <translation>系统消息</translation>
    </message>
    <message>
        <source>System message; empty leaves it to the template</source>
        <translation>系统消息；留空则由模板决定</translation>
    </message>
    <message>
        <source>The exact text that the model reads, made by its chat template; special tokens are coloured</source>
        <translation>模型读取的确切文本，由其对话模板生成；特殊词元带颜色</translation>
    </message>
    <message>
        <source>The messages, as JSON</source>
        <translation>各条消息（JSON）</translation>
    </message>
    <message>
        <source>The text as it is sent</source>
        <translation>实际发送的文本</translation>
    </message>
    <message>
        <source>What the model is told before the conversation; empty for the template&apos;s own</source>
        <translation>对话开始前告诉模型的内容；留空则用模板自带的</translation>
    </message>
</context>
<context>
    <name>CodeView</name>
    <message>
        <source>Function</source>
        <translation>函数</translation>
    </message>
    <message>
        <source>Source code</source>
        <translation>源代码</translation>
    </message>
    <message>
        <source>Which of the functions that ran to show</source>
        <translation>选择要显示的已运行函数</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Commands that fit</source>
        <translation>匹配的命令</translation>
    </message>
    <message>
        <source>No command: try “theme”, “export”, “induction”, “hide” or “L3 H2”</source>
        <translation>没有这个命令：试试“主题”“导出”“归纳”“隐藏”或“L3 H2”</translation>
    </message>
    <message>
        <source>Type a few letters of a command, or a head: L3 H2</source>
        <translation>输入命令中的几个字，或一个注意力头：L3 H2</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>Model from the hub</source>
        <translation>来自 Hub 的模型</translation>
    </message>
    <message>
        <source>Name of a model on the Hugging Face hub, for example Qwen/Qwen2.5-0.5B:</source>
        <translation>Hugging Face Hub 上的模型名，例如 Qwen/Qwen2.5-0.5B：</translation>
    </message>
    <message>
        <source>Open GGUF file</source>
        <translation>打开 GGUF 文件</translation>
    </message>
    <message>
        <source>Open model folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>Open text</source>
        <translation>打开文本</translation>
    </message>
</context>
<context>
    <name>ComparePane</name>
    <message>
        <source>+ output map W_O: {width} · {width}</source>
        <translation>+ 输出映射 W_O：{width} · {width}</translation>
    </message>
    <message>
        <source>1 head of width {width}</source>
        <translation>1 个宽 {width} 的头</translation>
    </message>
    <message>
        <source>Sentence, width, number of heads, weights and mask are those of “By hand”.</source>
        <translation>句子、宽度、头数、权重和掩码都和“亲手算”里的一样。</translation>
    </message>
    <message>
        <source>The numbers of parameters differ.</source>
        <translation>参数个数不同。</translation>
    </message>
    <message>
        <source>The same number of parameters. One head has to blend everything that a word needs into one set of weights; several can look at several things at once.</source>
        <translation>参数一样多。只有一个头时，一个词需要的一切都得混进同一组权重；有几个头，就能同时看几样东西。</translation>
    </message>
    <message>
        <source>W_Q, W_K, W_V of each head: 3 · {width} · {d}</source>
        <translation>每个头的 W_Q、W_K、W_V：3 · {width} · {d}</translation>
    </message>
    <message>
        <source>Weights of head {head}</source>
        <translation>头 {head} 的权重</translation>
    </message>
    <message>
        <source>Weights of the only head</source>
        <translation>唯一一个头的权重</translation>
    </message>
    <message>
        <source>different ways to look at the sentence</source>
        <translation>看这句话的不同方式</translation>
    </message>
    <message>
        <source>parameters, counted</source>
        <translation>参数，逐个数出</translation>
    </message>
    <message>
        <source>{n} heads of width {width}</source>
        <translation>{n} 个宽 {width} 的头</translation>
    </message>
    <message>
        <source>× heads</source>
        <translation>× 头数</translation>
    </message>
    <message>
        <source>“{sentence}”, a width of {width} numbers a word</source>
        <translation>“{sentence}”，每个词 {width} 个数</translation>
    </message>
</context>
<context>
    <name>ContextTable</name>
    <message>
        <source>Different contexts of n tokens that occur in the counted text</source>
        <translation>计数文本中出现过的、由 n 个词元组成的不同上文</translation>
    </message>
    <message>
        <source>Generate with {n} tokens of context</source>
        <translation>用 {n} 个词元的上文生成</translation>
    </message>
    <message>
        <source>How well the last tenth of the text is predicted, which was not counted:
as if choosing among so many equally likely tokens (with Witten-Bell smoothing)</source>
        <translation>对未参与计数的最后十分之一预测得怎样：
相当于在这么多个同样可能的词元中选择（用 Witten-Bell 平滑）</translation>
    </message>
    <message>
        <source>Share of the generated tokens that lie in the marked stretches</source>
        <translation>生成的词元中，落在标出段落里的比例</translation>
    </message>
    <message>
        <source>Share of the held-out tokens whose context of n tokens was never counted</source>
        <translation>留出的词元中，其 n 个词元的上文从未数到过的比例</translation>
    </message>
    <message>
        <source>The lowest</source>
        <translation>最低</translation>
    </message>
    <message>
        <source>The same for the text that was counted: how well it is known by heart</source>
        <translation>对计数文本本身的同一个量：它背得有多熟</translation>
    </message>
    <message>
        <source>Tokens of context, n</source>
        <translation>上文词元数 n</translation>
    </message>
    <message>
        <source>Vⁿ: every way to put n of the V different tokens in a row</source>
        <translation>Vⁿ：把 V 个不同的词元排成 n 个一行的所有排法</translation>
    </message>
    <message>
        <source>generated text copied</source>
        <translation>生成中抄来的</translation>
    </message>
    <message>
        <source>perplexity, counted</source>
        <translation>困惑度（计数）</translation>
    </message>
    <message>
        <source>perplexity, held out</source>
        <translation>困惑度（留出）</translation>
    </message>
    <message>
        <source>rows possible, Vⁿ</source>
        <translation>可能的行数 Vⁿ</translation>
    </message>
    <message>
        <source>rows used</source>
        <translation>用到的行数</translation>
    </message>
    <message>
        <source>unseen contexts</source>
        <translation>没见过的上文</translation>
    </message>
    <message>
        <source>{n} tokens of context</source>
        <translation>{n} 个词元的上文</translation>
    </message>
</context>
<context>
    <name>DecodePage</name>
    <message>
        <source>Ids to decode</source>
        <translation>要解码的编号</translation>
    </message>
    <message>
        <source>Paste ids, such as 9707, 1879</source>
        <translation>粘贴编号，例如 9707, 1879</translation>
    </message>
    <message>
        <source>Text of the ids</source>
        <translation>编号对应的文本</translation>
    </message>
    <message>
        <source>Tokens of the ids</source>
        <translation>编号对应的词元</translation>
    </message>
    <message>
        <source>no valid UTF-8 at byte {offset:,}: {data}</source>
        <translation>字节 {offset:,} 处不是有效的 UTF-8：{data}</translation>
    </message>
    <message>
        <source>shown is the beginning</source>
        <translation>仅显示开头</translation>
    </message>
    <message>
        <source>{n:,} tokens, {m:,} characters</source>
        <translation>{n:,} 个词元，{m:,} 个字符</translation>
    </message>
</context>
<context>
    <name>DepthPane</name>
    <message>
        <source>Are the tokens still different?</source>
        <translation>词元还分得清吗？</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>块数</translation>
    </message>
    <message>
        <source>How long are their vectors?</source>
        <translation>它们的向量有多长？</translation>
    </message>
    <message>
        <source>How many blocks stand on top of one another</source>
        <translation>叠起来几个块</translation>
    </message>
    <message>
        <source>Length after 1 block</source>
        <translation>1 个块之后的长度</translation>
    </message>
    <message>
        <source>Length after {n} blocks</source>
        <translation>{n} 个块之后的长度</translation>
    </message>
    <message>
        <source>Other random weights for all blocks</source>
        <translation>给所有的块换一组随机权重</translation>
    </message>
    <message>
        <source>Other weights</source>
        <translation>换一组权重</translation>
    </message>
    <message>
        <source>Similarity after 1 block (1: all alike)</source>
        <translation>1 个块之后的相似度（1：全都一样）</translation>
    </message>
    <message>
        <source>Similarity after {n} blocks (1: all alike)</source>
        <translation>{n} 个块之后的相似度（1：全都一样）</translation>
    </message>
    <message>
        <source>blocks passed</source>
        <translation>经过的块数</translation>
    </message>
    <message>
        <source>cosine similarity of two tokens</source>
        <translation>两个词元的余弦相似度</translation>
    </message>
    <message>
        <source>mean length of a vector</source>
        <translation>向量的平均长度</translation>
    </message>
    <message>
        <source>post-norm</source>
        <translation>后归一化</translation>
    </message>
    <message>
        <source>post-norm, no residual</source>
        <translation>后归一化，无残差</translation>
    </message>
    <message>
        <source>pre-norm</source>
        <translation>前归一化</translation>
    </message>
    <message>
        <source>pre-norm, no residual</source>
        <translation>前归一化，无残差</translation>
    </message>
    <message>
        <source>“{sentence}”, untrained blocks of width {width}, {hidden} units and {heads} heads; the same weights in all four.</source>
        <translation>“{sentence}”；块没有训练过，宽 {width}，{hidden} 个单元，{heads} 个头；四种叠法用的是同样的权重。</translation>
    </message>
</context>
<context>
    <name>DimensionBars</name>
    <message>
        <source>Products of query and key by dimension</source>
        <translation>查询与键逐维的乘积</translation>
    </message>
    <message>
        <source>dimension</source>
        <translation>维度</translation>
    </message>
    <message>
        <source>place</source>
        <translation>位次</translation>
    </message>
    <message>
        <source>{rank} of {n}</source>
        <translation>{rank} / {n}</translation>
    </message>
</context>
<context>
    <name>DrawCounts</name>
    <message>
        <source>Call select_next_token 1,000 times on the same predictions, and count</source>
        <translation>对同一份预测调用 select_next_token 1,000 次，数出结果</translation>
    </message>
    <message>
        <source>Draw 1,000 times</source>
        <translation>抽 1,000 次</translation>
    </message>
    <message>
        <source>Probabilities and counts of the draws</source>
        <translation>概率与抽取次数</translation>
    </message>
    <message>
        <source>{word}: {count:,} of {n:,}; expected {expected:,.0f}, give or take {spread:.0f}.</source>
        <translation>{word}：{n:,} 次里有 {count:,} 次；应约为 {expected:,.0f} 次，上下相差 {spread:.0f} 次左右。</translation>
    </message>
</context>
<context>
    <name>DrawLine</name>
    <message>
        <source>Each word has a piece of the line from 0 to 1 as long as its probability. A number is drawn; the word on whose piece it falls is selected.</source>
        <translation>每个词在从 0 到 1 的线上占一段，长度等于它的概率。抽一个数，它落在谁的那一段上，就选中谁。</translation>
    </message>
    <message>
        <source>The draw</source>
        <translation>抽取</translation>
    </message>
</context>
<context>
    <name>EmbeddingsPane</name>
    <message>
        <source>Its vector, folded into rows</source>
        <translation>它的向量，折成几行</translation>
    </message>
    <message>
        <source>Left out, as more than one token each: {words}.</source>
        <translation>不止一个词元，没有放进来：{words}。</translation>
    </message>
    <message>
        <source>Look the words up in the model’s embedding (Enter)</source>
        <translation>在模型的词嵌入表里查这些词（回车）</translation>
    </message>
    <message>
        <source>Look up</source>
        <translation>查一查</translation>
    </message>
    <message>
        <source>Map of the words</source>
        <translation>词的地图</translation>
    </message>
    <message>
        <source>Nearest tokens</source>
        <translation>最近的词元</translation>
    </message>
    <message>
        <source>The two directions in which these words differ most hold {share} of their variance: the rest is out of sight.</source>
        <translation>这些词差别最大的两个方向，占方差的 {share}：其余的看不见。</translation>
    </message>
    <message>
        <source>The vector of</source>
        <translation>它的向量：</translation>
    </message>
    <message>
        <source>Whose vector and neighbours are shown</source>
        <translation>显示哪个词的向量和邻居</translation>
    </message>
    <message>
        <source>Word on show</source>
        <translation>正在显示的词</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>词</translation>
    </message>
    <message>
        <source>Words of one token each, between blanks</source>
        <translation>每个只占一个词元的词，用空格隔开</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>token {id}: {n} numbers, length {length}</source>
        <translation>词元 {id}：{n} 个数，长度 {length}</translation>
    </message>
</context>
<context>
    <name>EntryList</name>
    <message>
        <source>, a special token</source>
        <translation>，特殊词元</translation>
    </message>
    <message>
        <source>Copy id</source>
        <translation>复制编号</translation>
    </message>
    <message>
        <source>bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>id</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>空</translation>
    </message>
    <message>
        <source>token</source>
        <translation>词元</translation>
    </message>
</context>
<context>
    <name>ExportCommands</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source> dpi</source>
        <translation> dpi</translation>
    </message>
    <message>
        <source> mm</source>
        <translation> mm</translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>&amp;Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>&amp;What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>A row for each head, with its metrics as far as they are known</source>
        <translation>每个头一行，附已知的指标</translation>
    </message>
    <message>
        <source>A row for each stage: what it removed and what is left</source>
        <translation>每个环节一行：移除了什么，还剩什么</translation>
    </message>
    <message>
        <source>All heads</source>
        <translation>全部注意力头</translation>
    </message>
    <message>
        <source>All parts of the pair&apos;s score and weight</source>
        <translation>这一对的分数与权重的所有组成</translation>
    </message>
    <message>
        <source>CSV table</source>
        <translation>CSV 表格</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Dots per inch</source>
        <translation>每英寸点数</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Generated tokens, step by step</source>
        <translation>逐步生成的词元</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Mean over the pinned heads</source>
        <translation>固定的头的平均</translation>
    </message>
    <message>
        <source>Metric of all heads</source>
        <translation>全部注意力头的指标</translation>
    </message>
    <message>
        <source>Next-token bars</source>
        <translation>下一个词元的柱条</translation>
    </message>
    <message>
        <source>NumPy arrays (npz)</source>
        <translation>NumPy 数组 (npz)</translation>
    </message>
    <message>
        <source>Only the part in &amp;sight, with its exact weights</source>
        <translation>只导出可见部分，并用其精确权重</translation>
    </message>
    <message>
        <source>PDF page, sharp at any size</source>
        <translation>PDF 页面，放大后依然清晰</translation>
    </message>
    <message>
        <source>PNG picture</source>
        <translation>PNG 图片</translation>
    </message>
    <message>
        <source>Parts of the inspected pair</source>
        <translation>所查看词元对的组成</translation>
    </message>
    <message>
        <source>Pinned heads side by side</source>
        <translation>并排的固定头</translation>
    </message>
    <message>
        <source>Print: black ink on white paper</source>
        <translation>打印：白纸黑墨</translation>
    </message>
    <message>
        <source>Ranking of heads</source>
        <translation>注意力头的排名</translation>
    </message>
    <message>
        <source>SVG drawing, sharp at any size</source>
        <translation>SVG 图形，放大后依然清晰</translation>
    </message>
    <message>
        <source>Sampler’s stages</source>
        <translation>采样器各环节</translation>
    </message>
    <message>
        <source>Surprise timeline</source>
        <translation>意外度时间线</translation>
    </message>
    <message>
        <source>The file also says where its numbers come from.</source>
        <translation>文件中也注明各数值的来源。</translation>
    </message>
    <message>
        <source>The preview shows its beginning.</source>
        <translation>预览只显示开头。</translation>
    </message>
    <message>
        <source>The weights of {n} heads, cell by cell</source>
        <translation>{n} 个头的逐格权重</translation>
    </message>
    <message>
        <source>The whole window</source>
        <translation>整个窗口</translation>
    </message>
    <message>
        <source>This head</source>
        <translation>此头</translation>
    </message>
    <message>
        <source>This head as lines between tokens</source>
        <translation>此头：词元之间的连线</translation>
    </message>
    <message>
        <source>Tokens with their surprise</source>
        <translation>词元及其意外度</translation>
    </message>
    <message>
        <source>Unit of the width</source>
        <translation>宽度的单位</translation>
    </message>
    <message>
        <source>Wi&amp;dth</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>mm</source>
        <translation>mm</translation>
    </message>
    <message>
        <source>px</source>
        <translation>px</translation>
    </message>
    <message>
        <source>{across:.0f} × {down:.0f} mm, text that can be searched</source>
        <translation>{across:.0f} × {down:.0f} mm，文字可搜索</translation>
    </message>
    <message>
        <source>{heads:,} heads: their small pictures and metrics</source>
        <translation>{heads:,} 个头：各自的小图与指标</translation>
    </message>
    <message>
        <source>{n:,} candidates with logit and probability</source>
        <translation>{n:,} 个候选及其 logit 与概率</translation>
    </message>
    <message>
        <source>{n:,} generated tokens, each with the candidates it was drawn from, seed and settings</source>
        <translation>{n:,} 个生成的词元，各含其抽取时的候选词元、种子和设置</translation>
    </message>
    <message>
        <source>{n:,} tokens with surprise, rank and entropy</source>
        <translation>{n:,} 个词元及其意外度、名次和熵</translation>
    </message>
    <message>
        <source>{n:,} tokens with their surprise</source>
        <translation>{n:,} 个词元及其意外度</translation>
    </message>
    <message>
        <source>{rows:,} × {columns:,} weights, with their tokens</source>
        <translation>{rows:,} × {columns:,} 个权重及其词元</translation>
    </message>
    <message>
        <source>{width:,} × {height:,} pixels, {across:.0f} × {down:.0f} mm</source>
        <translation>{width:,} × {height:,} 像素，{across:.0f} × {down:.0f} mm</translation>
    </message>
</context>
<context>
    <name>Figure</name>
    <message>
        <source>, each row divided by what is left</source>
        <translation>，每行除以剩余之和</translation>
    </message>
    <message>
        <source>, seed {seeds}; strips: probabilities before sampling parameters, likeliest first, the drawn token filled, everything else empty</source>
        <translation>，种子 {seeds}；色带：采样参数之前的概率，从最可能的开始，抽中的词元为实心，其余全部为空</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 步</translation>
    </message>
    <message>
        <source>: query down, key across</source>
        <translation>：纵向为查询，横向为键</translation>
    </message>
    <message>
        <source>; a bar is the largest of {n:,} tokens, of entropy from the smallest to the largest</source>
        <translation>；每根柱取 {n:,} 个词元中的最大值，熵则从最小值画到最大值</translation>
    </message>
    <message>
        <source>; a cell is the maximum over {block} × {block} tokens</source>
        <translation>；每格为 {block} × {block} 个词元中的最大值</translation>
    </message>
    <message>
        <source>; a dot is the maximum of its cells</source>
        <translation>；每个点是其所含各格中的最大值</translation>
    </message>
    <message>
        <source>; a pixel is the maximum over {block} × {block} tokens</source>
        <translation>；每个像素是 {block} × {block} 个词元中的最大值</translation>
    </message>
    <message>
        <source>; bars after sampling parameters, which leave {n:,} tokens; ticks before them; removed tokens hatched</source>
        <translation>；柱条为采样参数之后，保留 {n:,} 个词元；刻线为之前；排除的词元画斜线</translation>
    </message>
    <message>
        <source>; below the gap: words asked for</source>
        <translation>；空隙下方：所查询的词</translation>
    </message>
    <message>
        <source>; by {metric}, highest first</source>
        <translation>；按{metric}排序，高者在前</translation>
    </message>
    <message>
        <source>; by {metric}, lowest first</source>
        <translation>；按{metric}排序，低者在前</translation>
    </message>
    <message>
        <source>; cells: {metric}</source>
        <translation>；每格为{metric}</translation>
    </message>
    <message>
        <source>; each cell is the maximum over {block} × {block} sentences</source>
        <translation>；每格是 {block} × {block} 个句子中的最大值</translation>
    </message>
    <message>
        <source>; each cell is the maximum over {block} × {block} tokens</source>
        <translation>；每格是 {block} × {block} 个词元中的最大值</translation>
    </message>
    <message>
        <source>; each cell is the maximum over {block} × {block} words</source>
        <translation>；每格是 {block} × {block} 个词中的最大值</translation>
    </message>
    <message>
        <source>; filled at the right end: drawn from everything else</source>
        <translation>；右端实心：抽自其余所有词元</translation>
    </message>
    <message>
        <source>; hatched: no attention</source>
        <translation>；斜线：没有注意力</translation>
    </message>
    <message>
        <source>; hatched: not defined</source>
        <translation>；斜线：无定义</translation>
    </message>
    <message>
        <source>; hatched: removed by sampling parameters</source>
        <translation>；斜线：被采样参数移除</translation>
    </message>
    <message>
        <source>; hatched: the first token, hidden by choice</source>
        <translation>；斜线：首个词元，已选择隐藏</translation>
    </message>
    <message>
        <source>; hatched: the first {n} tokens, hidden by choice</source>
        <translation>；斜线：前 {n} 个词元，已选择隐藏</translation>
    </message>
    <message>
        <source>; heads outside the filter are pale</source>
        <translation>；筛选之外的头颜色变淡</translation>
    </message>
    <message>
        <source>; logarithmic axis, ◂ below its end</source>
        <translation>；对数轴，◂ 低于轴的下限</translation>
    </message>
    <message>
        <source>; mean {bits:.2f} bits, perplexity {perplexity:,.2f}</source>
        <translation>；平均 {bits:.2f} 比特，困惑度 {perplexity:,.2f}</translation>
    </message>
    <message>
        <source>; of each row only the largest weights that hold {share} % of it, the rest hatched</source>
        <translation>；每行只保留合计占 {share} % 的最大权重，其余以斜线标出</translation>
    </message>
    <message>
        <source>; pinned heads only</source>
        <translation>；仅固定的头</translation>
    </message>
    <message>
        <source>; queries {q0} to {q1}, keys {k0} to {k1} of {n} sentences</source>
        <translation>；{n} 个句子中的查询 {q0} 至 {q1}、键 {k0} 至 {k1}</translation>
    </message>
    <message>
        <source>; queries {q0} to {q1}, keys {k0} to {k1} of {n} tokens</source>
        <translation>；{n} 个词元中的查询 {q0} 至 {q1}、键 {k0} 至 {k1}</translation>
    </message>
    <message>
        <source>; queries {q0} to {q1}, keys {k0} to {k1} of {n} words</source>
        <translation>；{n} 个词中的查询 {q0} 至 {q1}、键 {k0} 至 {k1}</translation>
    </message>
    <message>
        <source>; red: probability 0, over any scale</source>
        <translation>；红色：概率为 0，超出任何刻度</translation>
    </message>
    <message>
        <source>; sentences: summed over a key&apos;s tokens, averaged over a query&apos;s</source>
        <translation>；按句子：对键的词元求和，对查询的词元取平均</translation>
    </message>
    <message>
        <source>; the lines of the selected query in their own colour</source>
        <translation>；所选查询的连线另用一色</translation>
    </message>
    <message>
        <source>; the sampling parameters were changed {n:,} times in between</source>
        <translation>；其间采样参数改变了 {n:,} 次</translation>
    </message>
    <message>
        <source>; token {query} is selected</source>
        <translation>；选中词元 {query}</translation>
    </message>
    <message>
        <source>; what a row lacks to 1 goes to a learned sink</source>
        <translation>；每行不足 1 的部分流向学得的汇聚项</translation>
    </message>
    <message>
        <source>; without {keys}, which are hatched</source>
        <translation>；不含{keys}（以斜线标出）</translation>
    </message>
    <message>
        <source>; words: summed over a key&apos;s tokens, averaged over a query&apos;s</source>
        <translation>；按词：对键的词元求和，对查询的词元取平均</translation>
    </message>
    <message>
        <source>; {n} of {all} heads are shown</source>
        <translation>；显示 {all} 个头中的 {n} 个</translation>
    </message>
    <message>
        <source>; “drawn at”: after sampling parameters</source>
        <translation>；“抽取概率”：应用采样参数之后</translation>
    </message>
    <message>
        <source>; ⇄ before the active stage above it, it would give another distribution</source>
        <translation>；⇄ 若排在上一个生效的阶段之前，会得到不同的分布</translation>
    </message>
    <message>
        <source>; ▸ came next in the text</source>
        <translation>；▸ 文中实际的下一个词元</translation>
    </message>
    <message>
        <source>; ▸ in a bar: it goes on beyond the axis</source>
        <translation>；条中的 ▸：超出坐标轴</translation>
    </message>
    <message>
        <source>All heads of {model}</source>
        <translation>{model} 的全部注意力头</translation>
    </message>
    <message>
        <source>Effect on the prediction</source>
        <translation>对预测的影响</translation>
    </message>
    <message>
        <source>Generated tokens</source>
        <translation>生成的词元</translation>
    </message>
    <message>
        <source>Mean of {n} heads of {model}</source>
        <translation>{model} 的 {n} 个头的平均</translation>
    </message>
    <message>
        <source>Next token after {token}</source>
        <translation>{token} 之后的下一个词元</translation>
    </message>
    <message>
        <source>Pinned heads of {model}</source>
        <translation>{model} 的固定头</translation>
    </message>
    <message>
        <source>Sampler after {token}</source>
        <translation>{token} 之后的采样器</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Surprise of each token</source>
        <translation>每个词元的意外度</translation>
    </message>
    <message>
        <source>Tokens and their surprise</source>
        <translation>词元及其意外度</translation>
    </message>
    <message>
        <source>Weight among the keys</source>
        <translation>在各键中的权重</translation>
    </message>
    <message>
        <source>What is written</source>
        <translation>写入的内容</translation>
    </message>
    <message>
        <source>attention weights</source>
        <translation>注意力权重</translation>
    </message>
    <message>
        <source>attention weights of {n} heads in the same colours; rows look, columns are seen</source>
        <translation>{n} 个头的注意力权重，颜色一致；行为查询，列为被看的键</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>比特</translation>
    </message>
    <message>
        <source>choices</source>
        <translation>选择数</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>抽中</translation>
    </message>
    <message>
        <source>drawn at</source>
        <translation>抽取概率</translation>
    </message>
    <message>
        <source>each token&apos;s look at itself</source>
        <translation>各词元对自身的注意力</translation>
    </message>
    <message>
        <source>everything else</source>
        <translation>其余全部</translation>
    </message>
    <message>
        <source>hatched: hidden by choice</source>
        <translation>斜线：按选择隐藏</translation>
    </message>
    <message>
        <source>key (is looked at) →</source>
        <translation>键（被看）→</translation>
    </message>
    <message>
        <source>left</source>
        <translation>剩余</translation>
    </message>
    <message>
        <source>list of {n}</source>
        <translation>{n} 项</translation>
    </message>
    <message>
        <source>logit</source>
        <translation>logit</translation>
    </message>
    <message>
        <source>mean attention weights of the {n} heads of layer {layer}</source>
        <translation>第 {layer} 层 {n} 个头的平均注意力权重</translation>
    </message>
    <message>
        <source>mean attention weights of {heads}</source>
        <translation>{heads} 的平均注意力权重</translation>
    </message>
    <message>
        <source>prob.</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>q × k in each of the {n} dimensions</source>
        <translation>{n} 个维度各自的 q × k</translation>
    </message>
    <message>
        <source>rank</source>
        <translation>名次</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>已排除</translation>
    </message>
    <message>
        <source>special tokens</source>
        <translation>特殊词元</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>surprise</source>
        <translation>意外度</translation>
    </message>
    <message>
        <source>the first token</source>
        <translation>首个词元</translation>
    </message>
    <message>
        <source>token {position}; vocabulary of {size:,}; entropy {bits:.2f} bits</source>
        <translation>词元 {position}；词表 {size:,} 个；熵 {bits:.2f} 比特</translation>
    </message>
    <message>
        <source>token {position}; vocabulary of {size:,}; {choices} effective choices before any stage; bars: share of that distribution that is left, hatched what the stage removed</source>
        <translation>词元 {position}；词表 {size:,} 个；各阶段之前的有效选择数为 {choices}；柱条：该分布剩余的比例，斜线为该阶段排除的部分</translation>
    </message>
    <message>
        <source>weight, square root scale</source>
        <translation>权重，平方根刻度</translation>
    </message>
    <message>
        <source>{head} of {model}</source>
        <translation>{model} 的 {head}</translation>
    </message>
    <message>
        <source>{layers} layers × {heads} heads, {tokens} tokens</source>
        <translation>{layers} 层 × {heads} 头，{tokens} 个词元</translation>
    </message>
    <message>
        <source>{metric}, linear scale</source>
        <translation>{metric}，线性刻度</translation>
    </message>
    <message>
        <source>{model}, {n} tokens: {prompt}</source>
        <translation>{model}，{n} 个词元：{prompt}</translation>
    </message>
    <message>
        <source>{n:,} steps</source>
        <translation>{n:,} 步</translation>
    </message>
    <message>
        <source>{n:,} tokens, {characters:,} characters</source>
        <translation>{n:,} 个词元，{characters:,} 个字符</translation>
    </message>
    <message>
        <source>{n:,} tokens, {scored:,} of them scored</source>
        <translation>{n:,} 个词元，其中 {scored:,} 个有分数</translation>
    </message>
    <message>
        <source>{n} bits</source>
        <translation>{n} 比特</translation>
    </message>
    <message>
        <source>{n} pinned heads are not known yet</source>
        <translation>另有 {n} 个固定头尚不可知</translation>
    </message>
    <message>
        <source>← query (looks)</source>
        <translation>← 查询（在看）</translation>
    </message>
</context>
<context>
    <name>FindHeadsMenu</name>
    <message>
        <source>All, by layer</source>
        <translation>全部，按层</translation>
    </message>
    <message>
        <source>Others: mark them on the map</source>
        <translation>其他：请在图上框选</translation>
    </message>
    <message>
        <source>that are like {head}</source>
        <translation>与 {head} 相似的头</translation>
    </message>
    <message>
        <source>that look from “{token}” to</source>
        <translation>从“{token}”看向以下词元的头</translation>
    </message>
    <message>
        <source>that look into the marked region</source>
        <translation>看向选定区域的头</translation>
    </message>
    <message>
        <source>that rest on few tokens</source>
        <translation>集中于少数词元的头</translation>
    </message>
</context>
<context>
    <name>FindRow</name>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
    <message>
        <source>Find in text</source>
        <translation>在文本中查找</translation>
    </message>
    <message>
        <source>Next place (Return)</source>
        <translation>下一处 (Return)</translation>
    </message>
    <message>
        <source>Place before (Shift+Return)</source>
        <translation>上一处 (Shift+Return)</translation>
    </message>
    <message>
        <source>Return goes to the next place, Shift+Return to the one before, Esc closes</source>
        <translation>Return 到下一处，Shift+Return 到上一处，Esc 关闭</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>{place:,} of {n:,}</source>
        <translation>第 {place:,} 处，共 {n:,} 处</translation>
    </message>
</context>
<context>
    <name>FiveWords</name>
    <message>
        <source>1  Predict</source>
        <translation>1  预测</translation>
    </message>
    <message>
        <source>2  Shape</source>
        <translation>2  调整</translation>
    </message>
    <message>
        <source>3  Select</source>
        <translation>3  选择</translation>
    </message>
    <message>
        <source>A count that is added for every pair: above none, every word can follow.</source>
        <translation>给每一对词都加上的计数：不为“无”时，任何词后面都可以接任何词。</translation>
    </message>
    <message>
        <source>Bar: the probability with which it was drawn. Outline: what was predicted.</source>
        <translation>柱条：抽到它的概率。轮廓：模型预测的概率。</translation>
    </message>
    <message>
        <source>Begin again</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>Call generate_text: the whole loop at once</source>
        <translation>调用 generate_text：一次跑完整个循环</translation>
    </message>
    <message>
        <source>Every word has a piece as long as it is likely. Select draws a number.</source>
        <translation>每个词占的一段和它的概率一样长。“选择”会抽一个数。</translation>
    </message>
    <message>
        <source>How many words generate_text is to add</source>
        <translation>让 generate_text 追加多少个词</translation>
    </message>
    <message>
        <source>Make the next call</source>
        <translation>做下一次调用</translation>
    </message>
    <message>
        <source>Next: append</source>
        <translation>下一步：追加</translation>
    </message>
    <message>
        <source>Next: predict</source>
        <translation>下一步：预测</translation>
    </message>
    <message>
        <source>Next: select</source>
        <translation>下一步：选择</translation>
    </message>
    <message>
        <source>Next: shape</source>
        <translation>下一步：调整</translation>
    </message>
    <message>
        <source>Predictions</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Predictions after shaping</source>
        <translation>调整后的预测</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Selected: {word}.</source>
        <translation>选中：{word}。</translation>
    </message>
    <message>
        <source>Text so far</source>
        <translation>到目前为止的文本</translation>
    </message>
    <message>
        <source>The calls</source>
        <translation>调用</translation>
    </message>
    <message>
        <source>The draw {draw:.3f} falls between {low:.3f} and {high:.3f}: {word}.</source>
        <translation>抽到 {draw:.3f}，落在 {low:.3f} 和 {high:.3f} 之间：{word}。</translation>
    </message>
    <message>
        <source>The prompt: the word to begin with</source>
        <translation>提示词：从这个词开始</translation>
    </message>
    <message>
        <source>The text as at the beginning, and the draws, too</source>
        <translation>文本回到开头，随机数也从头来</translation>
    </message>
    <message>
        <source>Where the draws come from: the same seed, the same text</source>
        <translation>随机数的来源：种子相同，文本就相同</translation>
    </message>
    <message>
        <source>Word to begin with</source>
        <translation>开头的词</translation>
    </message>
    <message>
        <source>Words appended, the last one first</source>
        <translation>追加的词，最后的在前</translation>
    </message>
    <message>
        <source>Words share a line from 0 to 1; a number drawn by chance chooses.</source>
        <translation>各个词分占从 0 到 1 的一条线，由随机抽到的一个数来选。</translation>
    </message>
    <message>
        <source>Words to add</source>
        <translation>追加的词数</translation>
    </message>
    <message>
        <source>begin with</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>bigrams counts which word follows which in: {sentences}</source>
        <translation>bigrams 数的是这些句子里谁跟在谁后面：{sentences}</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>smoothing</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>words</source>
        <translation>个词</translation>
    </message>
    <message>
        <source>{reason} The loop ends: begin again, or add smoothing.</source>
        <translation>{reason}循环到此结束：可以重新开始，或者加上平滑。</translation>
    </message>
</context>
<context>
    <name>FormSwitch</name>
    <message>
        <source>Arcs</source>
        <translation>弧线</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>热图</translation>
    </message>
    <message>
        <source>Pins</source>
        <translation>固定</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>GeneratePage</name>
    <message>
        <source>A model that is a table of five words</source>
        <translation>一个只是五词之表的模型</translation>
    </message>
    <message>
        <source>After “{text}”</source>
        <translation>在“{text}”之后</translation>
    </message>
    <message>
        <source>Five words</source>
        <translation>五个词</translation>
    </message>
    <message>
        <source>The model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>The model&apos;s likeliest tokens after {token}</source>
        <translation>{token} 之后模型认为最可能的词元</translation>
    </message>
    <message>
        <source>The same loop on the model of the main window</source>
        <translation>在主窗口的模型上跑同一个循环</translation>
    </message>
    <message>
        <source>The words after “{start}”, with their probabilities</source>
        <translation>“{start}”之后的词及其概率</translation>
    </message>
    <message>
        <source>{n:,} draws with seed {seed}</source>
        <translation>种子为 {seed} 的 {n:,} 次抽取</translation>
    </message>
</context>
<context>
    <name>GeneratedView</name>
    <message>
        <source>Generated text</source>
        <translation>生成的文本</translation>
    </message>
    <message>
        <source>context</source>
        <translation>上文</translation>
    </message>
    <message>
        <source>context used</source>
        <translation>用到的上文</translation>
    </message>
    <message>
        <source>could follow</source>
        <translation>可以接上</translation>
    </message>
    <message>
        <source>from here on {n} tokens</source>
        <translation>自此起 {n} 个词元</translation>
    </message>
    <message>
        <source>given</source>
        <translation>给定</translation>
    </message>
    <message>
        <source>part of the beginning</source>
        <translation>属于开头</translation>
    </message>
    <message>
        <source>probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>stands in the text</source>
        <translation>见于原文</translation>
    </message>
    <message>
        <source>token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} 个词元</translation>
    </message>
    <message>
        <source>{used} of {wanted} tokens</source>
        <translation>{wanted} 个词元中的 {used} 个</translation>
    </message>
</context>
<context>
    <name>GenerationBar</name>
    <message>
        <source>, {speed}/s</source>
        <translation>，{speed}/秒</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 个词元</translation>
    </message>
    <message>
        <source>Generation</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go on exactly where the generation was paused</source>
        <translation>从生成暂停处原样继续</translation>
    </message>
    <message>
        <source>How many tokens a run makes</source>
        <translation>一次生成多少个词元</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Run for a number of tokens</source>
        <translation>生成指定数量的词元</translation>
    </message>
    <message>
        <source>Run until the model ends its text, or its context is full</source>
        <translation>生成到模型结束文本，或其上下文已满</translation>
    </message>
    <message>
        <source>Run until this text has been generated, or the model ends its text</source>
        <translation>生成到出现此文本，或模型结束文本</translation>
    </message>
    <message>
        <source>Stop for now; going on gives the same text as if there was no pause</source>
        <translation>暂时停止；继续后所得文本与不暂停时相同</translation>
    </message>
    <message>
        <source>Stop string</source>
        <translation>停止字符串</translation>
    </message>
    <message>
        <source>The run ends with the token that completes this text. That token stays as it was drawn, so a few more characters may follow.</source>
        <translation>生成到补全此文本的词元为止。该词元按抽取时的样子保留，因此后面可能还有几个字符。</translation>
    </message>
    <message>
        <source>Tokens to generate</source>
        <translation>要生成的词元数</translation>
    </message>
    <message>
        <source>What ends a run: {what}</source>
        <translation>何时结束：{what}</translation>
    </message>
    <message>
        <source>generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>until</source>
        <translation>直到出现</translation>
    </message>
    <message>
        <source>until it ends</source>
        <translation>直到结束</translation>
    </message>
    <message>
        <source>until “{text}”</source>
        <translation>直到“{text}”</translation>
    </message>
    <message>
        <source>until …</source>
        <translation>直到……</translation>
    </message>
    <message>
        <source>{n:,} made</source>
        <translation>已生成 {n:,} 个</translation>
    </message>
    <message>
        <source>{n:,} tokens</source>
        <translation>{n:,} 个词元</translation>
    </message>
    <message>
        <source>{text}
Tokens a second over the last ten tokens, with all that is shown of them.</source>
        <translation>{text}
每秒词元数按最近十个词元计，包括显示它们的全部内容。</translation>
    </message>
</context>
<context>
    <name>GenerationCommands</name>
    <message>
        <source>&amp;Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>&amp;Generate {n}</source>
        <translation>生成 {n} 个</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Go on after the &amp;pause</source>
        <translation>暂停后继续</translation>
    </message>
</context>
<context>
    <name>HandAttention</name>
    <message>
        <source>A = softmax by rows</source>
        <translation>A = 逐行 softmax</translation>
    </message>
    <message>
        <source>A weight of the keys. Type another: column {column} of K follows.</source>
        <translation>键的一个权重。改一改，K 的第 {column} 列随之改变。</translation>
    </message>
    <message>
        <source>A weight of the queries. Type another: column {column} of Q follows.</source>
        <translation>查询的一个权重。改一改，Q 的第 {column} 列随之改变。</translation>
    </message>
    <message>
        <source>A weight of the values. Type another: column {column} of V follows.</source>
        <translation>值的一个权重。改一改，V 的第 {column} 列随之改变。</translation>
    </message>
    <message>
        <source>Choose a cell and type a number</source>
        <translation>选一格，输入一个数</translation>
    </message>
    <message>
        <source>Columns of Q, K and V</source>
        <translation>Q、K、V 的列数</translation>
    </message>
    <message>
        <source>Fill X and the weights with other numbers</source>
        <translation>给 X 和权重换一组数</translation>
    </message>
    <message>
        <source>Head width d</source>
        <translation>头宽 d</translation>
    </message>
    <message>
        <source>How many tokens, the rows of X</source>
        <translation>词元个数，即 X 的行数</translation>
    </message>
    <message>
        <source>How much of “{key}” goes into the output of “{row}”.</source>
        <translation>“{row}”的输出里有多少来自“{key}”。</translation>
    </message>
    <message>
        <source>How the cell is computed</source>
        <translation>这一格怎样算出来</translation>
    </message>
    <message>
        <source>How well the query of “{row}” fits the key of “{key}”.</source>
        <translation>“{row}”的查询与“{key}”的键有多契合。</translation>
    </message>
    <message>
        <source>No token looks at a later one</source>
        <translation>不许看后面的词元</translation>
    </message>
    <message>
        <source>Number {column} of “{row}”. Type another: its row of Q, K, V follows.</source>
        <translation>“{row}”的第 {column} 个数。改一改，Q、K、V 里它那一行随之改变。</translation>
    </message>
    <message>
        <source>Numbers that stand for one token</source>
        <translation>每个词元用几个数表示</translation>
    </message>
    <message>
        <source>Random numbers</source>
        <translation>随机数</translation>
    </message>
    <message>
        <source>The mask: scores of later tokens become −∞</source>
        <translation>掩码：后面词元的分数变成 −∞</translation>
    </message>
    <message>
        <source>The output for “{row}”: the values of all tokens, weighted.</source>
        <translation>“{row}”的输出：所有词元的值，加权求和。</translation>
    </message>
    <message>
        <source>The score of “{row}” and “{key}”, divided by the root of d.</source>
        <translation>“{row}”与“{key}”的分数，除以 d 的平方根。</translation>
    </message>
    <message>
        <source>The score of “{row}” and “{key}”, unless the mask hides it.</source>
        <translation>“{row}”与“{key}”的分数，除非被掩码遮住。</translation>
    </message>
    <message>
        <source>Tokens T</source>
        <translation>词元数 T</translation>
    </message>
    <message>
        <source>What “{row}” can be found by: its row of X times a column of W_K.</source>
        <translation>凭什么找到“{row}”：X 里它那一行乘 W_K 的一列。</translation>
    </message>
    <message>
        <source>What “{row}” hands over: its row of X times a column of W_V.</source>
        <translation>“{row}”交出什么：X 里它那一行乘 W_V 的一列。</translation>
    </message>
    <message>
        <source>What “{row}” looks for: its row of X times a column of W_Q.</source>
        <translation>“{row}”在找什么：X 里它那一行乘 W_Q 的一列。</translation>
    </message>
    <message>
        <source>Width C</source>
        <translation>宽度 C</translation>
    </message>
    <message>
        <source>X and the three W can be typed into; point at any cell.</source>
        <translation>X 和三个 W 都可以直接输入；指向任意一格。</translation>
    </message>
    <message>
        <source>X, one row a token</source>
        <translation>X，每行一个词元</translation>
    </message>
    <message>
        <source>output = A V</source>
        <translation>输出 = A V</translation>
    </message>
    <message>
        <source>with the mask</source>
        <translation>加上掩码</translation>
    </message>
</context>
<context>
    <name>HandBlock</name>
    <message>
        <source>Beside the variance: keeps from dividing by 0</source>
        <translation>加在方差上：避免除以 0</translation>
    </message>
    <message>
        <source>Each half adds to what came in; off, it replaces it</source>
        <translation>每一半都加到进来的向量上；关掉就是取代它</translation>
    </message>
    <message>
        <source>Epsilon</source>
        <translation>ε</translation>
    </message>
    <message>
        <source>How the cell is computed</source>
        <translation>这一格怎样算出来</translation>
    </message>
    <message>
        <source>Normalise after adding, as in the paper</source>
        <translation>相加之后归一化，如论文所写</translation>
    </message>
    <message>
        <source>Normalise before each half, as models do today</source>
        <translation>每一半之前归一化，今天的模型多是这样</translation>
    </message>
    <message>
        <source>Other random weights for the block</source>
        <translation>给这个块换一组随机权重</translation>
    </message>
    <message>
        <source>Other weights</source>
        <translation>换一组权重</translation>
    </message>
    <message>
        <source>Post-norm</source>
        <translation>后归一化</translation>
    </message>
    <message>
        <source>Pre-norm</source>
        <translation>前归一化</translation>
    </message>
    <message>
        <source>Residual</source>
        <translation>残差</translation>
    </message>
    <message>
        <source>Sentence</source>
        <translation>句子</translation>
    </message>
    <message>
        <source>The token to follow</source>
        <translation>要跟踪的词元</translation>
    </message>
    <message>
        <source>Two to six words</source>
        <translation>两到六个词</translation>
    </message>
    <message>
        <source>“{word}”, number {column}: {words}.</source>
        <translation>“{word}”的第 {column} 个数：{words}。</translation>
    </message>
</context>
<context>
    <name>HandHeadsPane</name>
    <message>
        <source>0, since head {head} is switched off</source>
        <translation>0，因为头 {head} 已关掉</translation>
    </message>
    <message>
        <source>All heads are at work. Switch one off to see what goes.</source>
        <translation>所有的头都在工作。关掉一个，看看少了什么。</translation>
    </message>
    <message>
        <source>Attention weights of head {head}</source>
        <translation>头 {head} 的注意力权重</translation>
    </message>
    <message>
        <source>C: numbers that stand for one token</source>
        <translation>C：一个词元用几个数表示</translation>
    </message>
    <message>
        <source>H: must divide the width evenly</source>
        <translation>H：必须整除宽度</translation>
    </message>
    <message>
        <source>Heads H</source>
        <translation>头数 H</translation>
    </message>
    <message>
        <source>How much head {head} takes from “{key}” for “{word}”.</source>
        <translation>头 {head} 为“{word}”从“{key}”取多少。</translation>
    </message>
    <message>
        <source>How much of number {inner} of head {head} goes into output {column}.</source>
        <translation>头 {head} 的第 {inner} 个数有多少进入输出的第 {column} 个数。</translation>
    </message>
    <message>
        <source>How the cell is computed</source>
        <translation>这一格怎样算出来</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source>No token looks at a later one</source>
        <translation>任何词元都不看它后面的词元</translation>
    </message>
    <message>
        <source>Number {inner} of what head {head} gives for “{word}”.</source>
        <translation>头 {head} 为“{word}”给出的第 {inner} 个数。</translation>
    </message>
    <message>
        <source>Other random weights for all heads</source>
        <translation>给所有的头换一组随机权重</translation>
    </message>
    <message>
        <source>Other weights</source>
        <translation>换一组权重</translation>
    </message>
    <message>
        <source>Output of head {head}</source>
        <translation>头 {head} 的输出</translation>
    </message>
    <message>
        <source>Output {column} for “{word}”: all heads joined, times W_O.</source>
        <translation>“{word}”的输出的第 {column} 个数：所有的头拼起来，再乘以 W_O。</translation>
    </message>
    <message>
        <source>Sentence</source>
        <translation>句子</translation>
    </message>
    <message>
        <source>Shapes: X {x} → in each head Q, K, V {q} → scores and weights {scores} → output {output} → concatenated {joined} → times W_O {w_o} = {whole}</source>
        <translation>形状：X {x} → 每个头里 Q、K、V {q} → 分数和权重 {scores} → 输出 {output} → 拼接后 {joined} → 乘以 W_O {w_o} = {whole}</translation>
    </message>
    <message>
        <source>Show the change only</source>
        <translation>只看变化</translation>
    </message>
    <message>
        <source>Switch this head off: its columns become 0</source>
        <translation>关掉这个头：它的几列变成 0</translation>
    </message>
    <message>
        <source>Two to six words</source>
        <translation>两到六个词</translation>
    </message>
    <message>
        <source>What switching heads off has done to the output</source>
        <translation>关掉头之后，输出变了多少</translation>
    </message>
    <message>
        <source>Width C</source>
        <translation>宽度 C</translation>
    </message>
    <message>
        <source>Without {heads}: the output changes by up to {most}, on average by {mean}.</source>
        <translation>去掉{heads}：输出最多变化 {most}，平均 {mean}。</translation>
    </message>
    <message>
        <source>concatenated</source>
        <translation>拼接后</translation>
    </message>
    <message>
        <source>head {head}</source>
        <translation>头 {head}</translation>
    </message>
    <message>
        <source>output = concatenated W_O</source>
        <translation>输出 = 拼接后 · W_O</translation>
    </message>
</context>
<context>
    <name>HandNetwork</name>
    <message>
        <source>A network by hand: {pair}</source>
        <translation>亲手算的网络：{pair}</translation>
    </message>
    <message>
        <source>A weight: how much number {row} of h speaks for “{column}”.</source>
        <translation>权重：h 的第 {row} 个数在多大程度上支持“{column}”。</translation>
    </message>
    <message>
        <source>A weight: number {column} of “{row}”. Type another.</source>
        <translation>权重：“{row}”的第 {column} 个数。可以改成别的。</translation>
    </message>
    <message>
        <source>A word, and the one that did come next</source>
        <translation>一个词，以及真正接在它后面的词</translation>
    </message>
    <message>
        <source>Backward</source>
        <translation>反向</translation>
    </message>
    <message>
        <source>Begin again with other random weights</source>
        <translation>换一组随机权重，重新开始</translation>
    </message>
    <message>
        <source>Choose a cell and type a number</source>
        <translation>选一格，输入一个数</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前向</translation>
    </message>
    <message>
        <source>From the loss back to every weight</source>
        <translation>从损失往回，直到每个权重</translation>
    </message>
    <message>
        <source>From the word to the loss</source>
        <translation>从词到损失</translation>
    </message>
    <message>
        <source>How far a step goes against the gradient</source>
        <translation>一步逆着梯度走多远</translation>
    </message>
    <message>
        <source>How the cell is computed</source>
        <translation>这一格怎样算出来</translation>
    </message>
    <message>
        <source>How the loss changes with this weight: what came in × what is wrong.</source>
        <translation>这个权重变一点，损失变多少：进来的数 × 错的程度。</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Mean loss over all pairs</source>
        <translation>所有词对的平均损失</translation>
    </message>
    <message>
        <source>Move every weight against its gradient</source>
        <translation>每个权重都逆着自己的梯度挪一点</translation>
    </message>
    <message>
        <source>Next: {step}</source>
        <translation>下一步：{step}</translation>
    </message>
    <message>
        <source>Number {column} of “{word}”, as it stands in W1.</source>
        <translation>“{word}”的第 {column} 个数，就是 W1 里的那个。</translation>
    </message>
    <message>
        <source>Other weights</source>
        <translation>换一组权重</translation>
    </message>
    <message>
        <source>Pair of words</source>
        <translation>词对</translation>
    </message>
    <message>
        <source>So many steps, each on all pairs of the three sentences</source>
        <translation>连走这么多步，每步用上三句话的所有词对</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>单步</translation>
    </message>
    <message>
        <source>The gradient of u in the row of “{word}”; other rows had no part.</source>
        <translation>u 的梯度，放在“{word}”那一行；其余各行没有参与。</translation>
    </message>
    <message>
        <source>The probability that “{column}” comes next.</source>
        <translation>下一个词是“{column}”的概率。</translation>
    </message>
    <message>
        <source>The same, times the slope of tanh: 1 − h².</source>
        <translation>同一个数，再乘以 tanh 的斜率：1 − h²。</translation>
    </message>
    <message>
        <source>The score (logit) of “{column}”: h times its column of W2.</source>
        <translation>“{column}”的分数（logit）：h 乘以 W2 里它那一列。</translation>
    </message>
    <message>
        <source>W1, one row a word</source>
        <translation>W1，每个词一行</translation>
    </message>
    <message>
        <source>What comes back to number {column} of h from all five words.</source>
        <translation>从五个词传回 h 第 {column} 个数的总和。</translation>
    </message>
    <message>
        <source>Where it begins: the probability, less 1 for the word that came.</source>
        <translation>从这里开始：概率，出现了的词再减 1。</translation>
    </message>
    <message>
        <source>after the step: {moved}</source>
        <translation>走一步之后：{moved}</translation>
    </message>
    <message>
        <source>counted table</source>
        <translation>数出的表</translation>
    </message>
    <message>
        <source>loss = −ln p({word}) = ?</source>
        <translation>损失 = −ln p({word}) = ?</translation>
    </message>
    <message>
        <source>loss = −ln p({word}) = −ln {p} = {loss} nats</source>
        <translation>损失 = −ln p({word}) = −ln {p} = {loss} 奈特</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>奈特</translation>
    </message>
    <message>
        <source>not computed yet: press {step}</source>
        <translation>还没算：请按“{step}”</translation>
    </message>
    <message>
        <source>rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>tanh presses any number between −1 and 1.</source>
        <translation>tanh 把任何数压到 −1 和 1 之间。</translation>
    </message>
    <message>
        <source>this network</source>
        <translation>这个网络</translation>
    </message>
    <message>
        <source>u, the word’s row of W1</source>
        <translation>u：这个词在 W1 里的一行</translation>
    </message>
    <message>
        <source>{n} steps</source>
        <translation>{n} 步</translation>
    </message>
</context>
<context>
    <name>HeadAttention</name>
    <message>
        <source>+ {rest} from the others</source>
        <translation>+ 其余各项 {rest}</translation>
    </message>
    <message>
        <source>A = softmax by rows</source>
        <translation>A = 逐行 softmax</translation>
    </message>
    <message>
        <source>Channel {column} of what the head gives for “{row}”.</source>
        <translation>这个头为“{row}”给出的：第 {column} 个通道。</translation>
    </message>
    <message>
        <source>Channel {column} of what “{row}” can be found by.</source>
        <translation>凭什么找到“{row}”：第 {column} 个通道。</translation>
    </message>
    <message>
        <source>Channel {column} of what “{row}” hands over.</source>
        <translation>“{row}”交出什么：第 {column} 个通道。</translation>
    </message>
    <message>
        <source>Channel {column} of what “{row}” looks for.</source>
        <translation>“{row}”在找什么：第 {column} 个通道。</translation>
    </message>
    <message>
        <source>From token</source>
        <translation>起始词元</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头</translation>
    </message>
    <message>
        <source>Head of the layer, from 0</source>
        <translation>该层的头，从 0 数起</translation>
    </message>
    <message>
        <source>How many tokens, at most {n}</source>
        <translation>几个词元，最多 {n} 个</translation>
    </message>
    <message>
        <source>How much of “{key}” goes into the output of “{row}”.</source>
        <translation>“{row}”的输出里有多少来自“{key}”。</translation>
    </message>
    <message>
        <source>How the cell is computed</source>
        <translation>这一格怎样算出来</translation>
    </message>
    <message>
        <source>How well the query of “{row}” fits the key of “{key}”.</source>
        <translation>“{row}”的查询与“{key}”的键有多契合。</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Layer, from 0</source>
        <translation>层，从 0 数起</translation>
    </message>
    <message>
        <source>Q, a row a token</source>
        <translation>Q，每行一个词元</translation>
    </message>
    <message>
        <source>Select this head in the main panels</source>
        <translation>在主面板中选中这个头</translation>
    </message>
    <message>
        <source>Show in the main panels</source>
        <translation>在主面板中显示</translation>
    </message>
    <message>
        <source>The first token that is shown, from 0</source>
        <translation>从哪个词元开始，从 0 数起</translation>
    </message>
    <message>
        <source>The score of “{row}” and “{key}”, scaled by {scaling}.</source>
        <translation>“{row}”与“{key}”的分数，乘以 {scaling}。</translation>
    </message>
    <message>
        <source>The score of “{row}” and “{key}”, unless the mask hides it.</source>
        <translation>“{row}”与“{key}”的分数，除非被掩码遮住。</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元数</translation>
    </message>
    <message>
        <source>a window of {n} tokens</source>
        <translation>窗口 {n} 个词元</translation>
    </message>
    <message>
        <source>d = {d}</source>
        <translation>d = {d}</translation>
    </message>
    <message>
        <source>e^({power}) / sum of the row’s powers = {weight}</source>
        <translation>e^({power}) / 整行各次幂之和 = {weight}</translation>
    </message>
    <message>
        <source>output = A V</source>
        <translation>输出 = A V</translation>
    </message>
    <message>
        <source>scores are capped at {cap}</source>
        <translation>分数封顶于 {cap}</translation>
    </message>
    <message>
        <source>weight on tokens not shown: see a row&apos;s sum</source>
        <translation>有权重落在未显示的词元上：看一行之和</translation>
    </message>
    <message>
        <source>with the mask</source>
        <translation>加上掩码</translation>
    </message>
    <message>
        <source>{weight} of the row’s weight is on tokens that are not shown.</source>
        <translation>这一行有 {weight} 的权重落在未显示的词元上。</translation>
    </message>
</context>
<context>
    <name>HeadCaption</name>
    <message>
        <source>coarse, being refined</source>
        <translation>粗略，正在细化</translation>
    </message>
    <message>
        <source>exact in sight</source>
        <translation>可见部分为精确值</translation>
    </message>
    <message>
        <source>sum over keys, mean over queries</source>
        <translation>键求和、查询平均</translation>
    </message>
</context>
<context>
    <name>HeadForms</name>
    <message>
        <source>Arcs are for texts of up to {most} sentences: this has {n:,}. Use the map or the text.</source>
        <translation>弧线适用于至多 {most} 个句子的文本：此文有 {n:,} 个。请用热图或文本。</translation>
    </message>
    <message>
        <source>Arcs are for texts of up to {most} tokens: this has {n:,}. Use the map or the text.</source>
        <translation>弧线适用于至多 {most} 个词元的文本：此文有 {n:,} 个。请用热图或文本。</translation>
    </message>
    <message>
        <source>Arcs are for texts of up to {most} words: this has {n:,}. Use the map or the text.</source>
        <translation>弧线适用于至多 {most} 个词的文本：此文有 {n:,} 个。请用热图或文本。</translation>
    </message>
    <message>
        <source>No head is pinned. Ctrl-click heads in the grid of all heads to see them here side by side, or press the pin above.</source>
        <translation>尚未固定任何头。在全部注意力头的网格中按住 Ctrl 单击，或按上方的图钉，即可在此并排查看。</translation>
    </message>
</context>
<context>
    <name>HeadHeading</name>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头</translation>
    </message>
    <message>
        <source>Hide first token</source>
        <translation>隐藏首个词元</translation>
    </message>
    <message>
        <source>Hide it</source>
        <translation>隐藏它</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Mean over the heads of this layer</source>
        <translation>此层各头的平均</translation>
    </message>
    <message>
        <source>Pin this head</source>
        <translation>固定此头</translation>
    </message>
    <message>
        <source>The weights of a row come to one, so that a head that finds nothing to read must put them somewhere: many heads put them on the first token, an attention sink. What it reads there is nearly the same for every text and changes the answer little; hide the first token to see what else it looks at.</source>
        <translation>每一行的权重之和为一，因此找不到可读内容的头也必须把权重放在某处：许多头放在第一个词元上，称为注意力汇聚。它在那里读到的内容对任何文本几乎相同，对结果影响很小；隐藏首个词元，就能看到它还在看什么。</translation>
    </message>
    <message>
        <source>Why heads rest on the first token</source>
        <translation>为什么注意力头会停在首个词元上</translation>
    </message>
    <message>
        <source>Why?</source>
        <translation>为什么？</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>mean of the pinned head {names}</source>
        <translation>固定的头 {names} 的平均</translation>
    </message>
    <message>
        <source>mean of {n} heads: {names}</source>
        <translation>{n} 个头的平均：{names}</translation>
    </message>
    <message>
        <source>{label}: rests on the first token</source>
        <translation>{label}：停在首个词元上</translation>
    </message>
</context>
<context>
    <name>HeadMenu</name>
    <message>
        <source>Copy all heads as picture</source>
        <translation>把全部注意力头复制为图片</translation>
    </message>
    <message>
        <source>Export all heads</source>
        <translation>导出全部注意力头</translation>
    </message>
    <message>
        <source>Find heads like {head}</source>
        <translation>查找与 {head} 相似的头</translation>
    </message>
    <message>
        <source>Pin {head}</source>
        <translation>固定 {head}</translation>
    </message>
    <message>
        <source>Show {head} alone</source>
        <translation>单独显示 {head}</translation>
    </message>
    <message>
        <source>Unpin {head}</source>
        <translation>取消固定 {head}</translation>
    </message>
</context>
<context>
    <name>HeadOptions</name>
    <message>
        <source>Changed: {list}</source>
        <translation>已更改：{list}</translation>
    </message>
    <message>
        <source>Colour scale, palette, and which weights are shown</source>
        <translation>颜色刻度、配色，以及显示哪些权重</translation>
    </message>
    <message>
        <source>Colours and filter</source>
        <translation>颜色与筛选</translation>
    </message>
    <message>
        <source>colours {range}</source>
        <translation>颜色{range}</translation>
    </message>
    <message>
        <source>palette {name}</source>
        <translation>配色 {name}</translation>
    </message>
</context>
<context>
    <name>HeadOptionsPopup</name>
    <message>
        <source>Blue to yellow, the same to the colour-blind as to others.</source>
        <translation>由蓝到黄，色觉异常者所见相同。</translation>
    </message>
    <message>
        <source>By percentile and per row, colours always reach from 0 to the largest.</source>
        <translation>按百分位或按行时，颜色总是从 0 到最大值。</translation>
    </message>
    <message>
        <source>By place among all weights above 0 of this head: every colour covers equally many cells.</source>
        <translation>按此头所有大于 0 的权重中的位次：每种颜色覆盖同样多的格。</translation>
    </message>
    <message>
        <source>Colour range</source>
        <translation>颜色范围</translation>
    </message>
    <message>
        <source>Colour scale</source>
        <translation>颜色刻度</translation>
    </message>
    <message>
        <source>Colours and filter</source>
        <translation>颜色与筛选</translation>
    </message>
    <message>
        <source>Colours in proportion to the weights.</source>
        <translation>颜色与权重成正比。</translation>
    </message>
    <message>
        <source>Each row is divided by its sum, so that what is left adds up to 1.</source>
        <translation>每行除以其总和，使剩余部分合计为 1。</translation>
    </message>
    <message>
        <source>Each weight as a share of the largest in its row.</source>
        <translation>每个权重相对于其所在行最大值的比例。</translation>
    </message>
    <message>
        <source>Equal ratios are equal steps, for faint weights down to {floor}.</source>
        <translation>比值相等则色差相等，可看清低至 {floor} 的微弱权重。</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Hide: {what}</source>
        <translation>隐藏：{what}</translation>
    </message>
    <message>
        <source>Join</source>
        <translation>合并</translation>
    </message>
    <message>
        <source>Join tokens</source>
        <translation>合并词元</translation>
    </message>
    <message>
        <source>Keep largest</source>
        <translation>保留最大</translation>
    </message>
    <message>
        <source>Lifts faint weights; 0.25 lies in the middle.</source>
        <translation>突出微弱的权重；0.25 位于正中。</translation>
    </message>
    <message>
        <source>Nothing is joined.</source>
        <translation>不合并。</translation>
    </message>
    <message>
        <source>Of each row only its largest weights stay, as few as make up this share of the row; the others become 0.</source>
        <translation>每行只保留最大的若干权重，少到刚好占该行的这一比例；其余变为 0。</translation>
    </message>
    <message>
        <source>One hue, from the paper on.</source>
        <translation>单一色调，从纸色渐深。</translation>
    </message>
    <message>
        <source>Palette</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>Plain colours, and the weights as they are</source>
        <translation>单一颜色，权重保持原样</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Reset colours and filter</source>
        <translation>重置颜色与筛选</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>刻度</translation>
    </message>
    <message>
        <source>Several hues of even steps, safe for the colour-blind.</source>
        <translation>多种色调，步进均匀，色觉异常者也可分辨。</translation>
    </message>
    <message>
        <source>The last colour is a weight of 1.</source>
        <translation>最末颜色代表权重 1。</translation>
    </message>
    <message>
        <source>The last colour is the largest weight of any head, so that a colour means the same in all of them.</source>
        <translation>最末颜色代表所有头中的最大权重，因此同一颜色在各头中含义相同。</translation>
    </message>
    <message>
        <source>The last colour is the largest weight of this head.</source>
        <translation>最末颜色代表此头的最大权重。</translation>
    </message>
    <message>
        <source>Weights are summed over the keys joined, and averaged over the queries.</source>
        <translation>权重对合并的键求和，对合并的查询取平均。</translation>
    </message>
    <message>
        <source>Weights of a token on itself become 0.</source>
        <translation>词元对自身的权重变为 0。</translation>
    </message>
    <message>
        <source>Weights on the first token, where many heads rest, become 0.</source>
        <translation>首个词元上的权重变为 0；许多头把注意力停在那里。</translation>
    </message>
    <message>
        <source>Weights on the tokenizer&apos;s special tokens become 0.</source>
        <translation>分词器的特殊词元上的权重变为 0。</translation>
    </message>
    <message>
        <source>ink</source>
        <translation>墨色</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>log</source>
        <translation>对数</translation>
    </message>
    <message>
        <source>no, a cell per token</source>
        <translation>不合并，每词元一格</translation>
    </message>
    <message>
        <source>per row</source>
        <translation>按行</translation>
    </message>
    <message>
        <source>percentile</source>
        <translation>百分位</translation>
    </message>
    <message>
        <source>square root</source>
        <translation>平方根</translation>
    </message>
    <message>
        <source>take what is left of a row as 100 %</source>
        <translation>每行余下的按 100 % 计</translation>
    </message>
    <message>
        <source>to sentences</source>
        <translation>合并为句子</translation>
    </message>
    <message>
        <source>to words</source>
        <translation>合并为词</translation>
    </message>
    <message>
        <source>up to 1</source>
        <translation>到 1</translation>
    </message>
    <message>
        <source>up to the largest of all heads</source>
        <translation>到所有头的最大值</translation>
    </message>
    <message>
        <source>up to this head&apos;s largest</source>
        <translation>到此头的最大值</translation>
    </message>
</context>
<context>
    <name>HeadPanel</name>
    <message>
        <source>&amp;Find heads that look here</source>
        <translation>查找看向此处的头</translation>
    </message>
    <message>
        <source>&amp;Inspect this pair</source>
        <translation>查看这一对词元</translation>
    </message>
    <message>
        <source>Arrays (NPZ)…</source>
        <translation>数组 (NPZ)…</translation>
    </message>
    <message>
        <source>Attention head</source>
        <translation>注意力头</translation>
    </message>
    <message>
        <source>Attention weights of {head}</source>
        <translation>{head} 的注意力权重</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Figure (PDF)…</source>
        <translation>图 (PDF)…</translation>
    </message>
    <message>
        <source>Figure (PNG)…</source>
        <translation>图 (PNG)…</translation>
    </message>
    <message>
        <source>Figure (SVG)…</source>
        <translation>图 (SVG)…</translation>
    </message>
    <message>
        <source>Save this head as a figure or as numbers</source>
        <translation>把此头保存为图或数值</translation>
    </message>
    <message>
        <source>Table (CSV)…</source>
        <translation>表格 (CSV)…</translation>
    </message>
    <message>
        <source>{head}: {reading}</source>
        <translation>{head}：{reading}</translation>
    </message>
</context>
<context>
    <name>HeadReading</name>
    <message>
        <source>   sink {share}</source>
        <translation>   汇聚项 {share}</translation>
    </message>
    <message>
        <source>hidden by choice</source>
        <translation>已选择隐藏</translation>
    </message>
    <message>
        <source>key {key} is hidden by choice from all that look at it</source>
        <translation>键 {key} 已按选择对所有看它的查询隐藏</translation>
    </message>
    <message>
        <source>key {key} is looked at most by query {query}   {weight}</source>
        <translation>键 {key} 最受查询 {query} 关注   {weight}</translation>
    </message>
    <message>
        <source>less than {least}</source>
        <translation>小于 {least}</translation>
    </message>
    <message>
        <source>maximum over {block} × {block} sentences</source>
        <translation>{block} × {block} 个句子中的最大值</translation>
    </message>
    <message>
        <source>maximum over {block} × {block} tokens</source>
        <translation>{block} × {block} 个词元中的最大值</translation>
    </message>
    <message>
        <source>maximum over {block} × {block} words</source>
        <translation>{block} × {block} 个词中的最大值</translation>
    </message>
    <message>
        <source>out of this query&apos;s window of {n} tokens: not visible to it</source>
        <translation>超出此查询的 {n} 个词元的窗口：查询看不到它</translation>
    </message>
    <message>
        <source>query {query} looks most at key {key}   {weight}</source>
        <translation>查询 {query} 最关注键 {key}   {weight}</translation>
    </message>
    <message>
        <source>query {query} → key {key}</source>
        <translation>查询 {query} → 键 {key}</translation>
    </message>
    <message>
        <source>query {query}, key {key}, {weight}</source>
        <translation>查询 {query}，键 {key}，{weight}</translation>
    </message>
    <message>
        <source>query {query}: all that it looks at is hidden by choice</source>
        <translation>查询 {query}：它所看的全部已按选择隐藏</translation>
    </message>
    <message>
        <source>rank {rank} of {n_keys} in its row</source>
        <translation>在该行 {n_keys} 个键中列第 {rank}</translation>
    </message>
    <message>
        <source>the key comes after the query: not visible to it</source>
        <translation>键在查询之后：查询看不到它</translation>
    </message>
    <message>
        <source>{first} to {last}</source>
        <translation>{first} 至 {last}</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent} %</translation>
    </message>
    <message>
        <source>{share} of what the row has</source>
        <translation>占该行的 {share}</translation>
    </message>
</context>
<context>
    <name>HeadSearch</name>
    <message>
        <source>Go to L5 H3</source>
        <translation>转到 L5 H3</translation>
    </message>
    <message>
        <source>Go to a head</source>
        <translation>转到某个头</translation>
    </message>
    <message>
        <source>Go to a head by layer and head: L5 H3, or 5.3 (/)</source>
        <translation>按层和头转到某个头：L5 H3，或 5.3 (/)</translation>
    </message>
    <message>
        <source>No such head: L0 to L{layer}, H0 to H{head}</source>
        <translation>没有这个头：L0 至 L{layer}，H0 至 H{head}</translation>
    </message>
</context>
<context>
    <name>HeadsPage</name>
    <message>
        <source>A sentence through several heads, every number</source>
        <translation>一句话经过几个头，每个数都看得到</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>亲手算</translation>
    </message>
    <message>
        <source>Heads by hand</source>
        <translation>亲手算多个头</translation>
    </message>
    <message>
        <source>Heads of {model} by what they look at</source>
        <translation>{model} 的头各看什么</translation>
    </message>
    <message>
        <source>One head and several</source>
        <translation>一个头和几个头</translation>
    </message>
    <message>
        <source>One or many</source>
        <translation>一个还是多个</translation>
    </message>
    <message>
        <source>One wide head against several narrow ones</source>
        <translation>一个宽的头，对比几个窄的头</translation>
    </message>
    <message>
        <source>The model’s heads</source>
        <translation>模型的头</translation>
    </message>
    <message>
        <source>What they specialise in, on a text</source>
        <translation>在一段文本上，它们各擅长什么</translation>
    </message>
    <message>
        <source>head {head}</source>
        <translation>头 {head}</translation>
    </message>
    <message>
        <source>output of head {head}</source>
        <translation>头 {head} 的输出</translation>
    </message>
</context>
<context>
    <name>Heatmap</name>
    <message>
        <source>Attention weights</source>
        <translation>注意力权重</translation>
    </message>
</context>
<context>
    <name>HeatmapCanvas</name>
    <message>
        <source>What looks at the marked token: its column of the map once more, the stronger the more weight.</source>
        <translation>谁在看所标词元：热图中它的那一列再画一次，颜色越深权重越大。</translation>
    </message>
    <message>
        <source>What the marked query looks at: its row of the map once more, the stronger the more weight.</source>
        <translation>所标查询看向哪里：热图中它的那一行再画一次，颜色越深权重越大。</translation>
    </message>
</context>
<context>
    <name>IdDecoding</name>
    <message>
        <source>Ids</source>
        <translation>id</translation>
    </message>
    <message>
        <source>Ids to text</source>
        <translation>从 id 到文本</translation>
    </message>
    <message>
        <source>Ids, such as 32, 7002</source>
        <translation>id，例如 32, 7002</translation>
    </message>
    <message>
        <source>No ids, no text.</source>
        <translation>没有 id，就没有文本。</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>Whole numbers between blanks or commas</source>
        <translation>用空格或逗号隔开的整数</translation>
    </message>
    <message>
        <source>Whose ids they are; elsewhere they are other tokens</source>
        <translation>是谁的 id；换一种编码就是别的词元</translation>
    </message>
    <message>
        <source>� stands for bytes that are no whole character.</source>
        <translation>� 代表不成完整字符的字节。</translation>
    </message>
</context>
<context>
    <name>InductionPane</name>
    <message>
        <source>Check</source>
        <translation>核对</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Layer {layer}, head {head}: {share}.</source>
        <translation>第 {layer} 层，第 {head} 个头：{share}。</translation>
    </message>
    <message>
        <source>Let the model read it</source>
        <translation>让模型读一读</translation>
    </message>
    <message>
        <source>No head of {model} does it on these words: the best puts {share} there. Try other words, or open another model.</source>
        <translation>在这些词上，{model} 没有一个头这样做：最好的也只放了 {share} 在那里。换一组词，或者打开另一个模型。</translation>
    </message>
    <message>
        <source>Other words</source>
        <translation>换一组词</translation>
    </message>
    <message>
        <source>Other words in another order</source>
        <translation>换一些词，换一种次序</translation>
    </message>
    <message>
        <source>Read. Look at all heads in the main panels.</source>
        <translation>读完了。到主面板里看看所有的头。</translation>
    </message>
    <message>
        <source>Run these words in the main window and look at its heads</source>
        <translation>在主窗口里运行这些词，看看它的头</translation>
    </message>
    <message>
        <source>Select the head that does it most</source>
        <translation>选中做得最好的那个头</translation>
    </message>
    <message>
        <source>Show me</source>
        <translation>给我看</translation>
    </message>
    <message>
        <source>Text for the model</source>
        <translation>给模型的文本</translation>
    </message>
    <message>
        <source>The model has not read these words yet.</source>
        <translation>模型还没有读过这些词。</translation>
    </message>
    <message>
        <source>Where a word comes for the second time, one kind of head looks at what followed it the first time: an induction head. In a text of {n} words, twice, its picture has a line of its own below the diagonal. Let the model read the words, look through all heads in the main panels, and name one.</source>
        <translation>一个词第二次出现时，有一种头会去看它第一次出现后跟着的是什么：归纳头。{n} 个词念两遍，它的图在对角线下方会有一条单独的线。让模型读这些词，在主面板里翻看所有的头，报出一个。</translation>
    </message>
    <message>
        <source>Whether this head looks at what followed the same word</source>
        <translation>看看这个头是否在看同一个词后面的东西</translation>
    </message>
    <message>
        <source>Which head is it?</source>
        <translation>是哪个头？</translation>
    </message>
    <message>
        <source>✓ Found: it puts {share} of its weight on what followed the same word.</source>
        <translation>✓ 找到了：它把 {share} 的权重放在同一个词后面的东西上。</translation>
    </message>
    <message>
        <source>✗ It puts {share} of its weight on what followed the same word; a head that looks at all alike has {chance}. Look for a line below the diagonal, {n} words away from it.</source>
        <translation>✗ 它把 {share} 的权重放在同一个词后面的东西上；一视同仁的头有 {chance}。找一找对角线下方、离它 {n} 个词远的那条线。</translation>
    </message>
    <message>
        <source>✗ There is no such head in this layer.</source>
        <translation>✗ 这一层没有这个头。</translation>
    </message>
</context>
<context>
    <name>InputPage</name>
    <message>
        <source>A vector for each place, learned</source>
        <translation>每个位置一个学出来的向量</translation>
    </message>
    <message>
        <source>Apple</source>
        <translation>苹果</translation>
    </message>
    <message>
        <source>Cosine similarity by layer</source>
        <translation>逐层的余弦相似度</translation>
    </message>
    <message>
        <source>Dot product of two positions by distance</source>
        <translation>两个位置的点积（按距离）</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>词嵌入</translation>
    </message>
    <message>
        <source>Learned positions</source>
        <translation>学到的位置</translation>
    </message>
    <message>
        <source>One word, two meanings, layer by layer</source>
        <translation>一个词、两种意思，逐层来看</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>顺序</translation>
    </message>
    <message>
        <source>Outputs for the shuffled sentence</source>
        <translation>打乱后的句子的输出</translation>
    </message>
    <message>
        <source>Sinusoids</source>
        <translation>正弦波</translation>
    </message>
    <message>
        <source>Sinusoids of {n} positions, width {d}</source>
        <translation>{n} 个位置的正弦波，宽度 {d}</translation>
    </message>
    <message>
        <source>The position encoding of the paper</source>
        <translation>论文里的位置编码</translation>
    </message>
    <message>
        <source>The vectors of words, and which are near</source>
        <translation>词的向量，以及哪些挨在一起</translation>
    </message>
    <message>
        <source>What attention makes of shuffled words</source>
        <translation>词序打乱之后，注意力给出什么</translation>
    </message>
</context>
<context>
    <name>Joins</name>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
</context>
<context>
    <name>LearnedPane</name>
    <message>
        <source>One position with every other</source>
        <translation>一个位置与其他各个位置</translation>
    </message>
    <message>
        <source>a row a position, a column a channel</source>
        <translation>每行一个位置，每列一个通道</translation>
    </message>
    <message>
        <source>channel</source>
        <translation>通道</translation>
    </message>
    <message>
        <source>cosine similarity</source>
        <translation>余弦相似度</translation>
    </message>
    <message>
        <source>other position</source>
        <translation>另一个位置</translation>
    </message>
    <message>
        <source>position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>{model} has learned {n} positions; the first {rows} and {columns} channels are drawn.</source>
        <translation>{model} 学了 {n} 个位置；图上是前 {rows} 个、{columns} 个通道。</translation>
    </message>
    <message>
        <source>{model} has none.</source>
        <translation>{model} 没有。</translation>
    </message>
    <message>
        <source>{n} positions that a small GPT-2 of two layers has learned on the little stories. Open a model like GPT-2, and its own stand here.</source>
        <translation>一个两层的小 GPT-2 在小故事上学到的 {n} 个位置。打开 GPT-2 一类的模型，这里就是它自己的。</translation>
    </message>
</context>
<context>
    <name>LearningPane</name>
    <message>
        <source>Begin with a table of zeros and learn it from the pairs</source>
        <translation>从全 0 的表开始，由词对学出它</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Go through the steps again</source>
        <translation>重看每一步</translation>
    </message>
    <message>
        <source>How far each step moves the numbers of the table (Adam); any number above 0</source>
        <translation>每一步把表中的数移动多远（Adam）；大于 0 的任何数</translation>
    </message>
    <message>
        <source>Largest difference</source>
        <translation>最大差</translation>
    </message>
    <message>
        <source>Learn</source>
        <translation>学习</translation>
    </message>
    <message>
        <source>Learned P(next | word)</source>
        <translation>学到的 P(下一个词 | 词)</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Press Learn: the table begins with 1 / V everywhere.</source>
        <translation>按“学习”：起初表中处处是 1 / V。</translation>
    </message>
    <message>
        <source>Step on show</source>
        <translation>显示的步</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>The same table, learned</source>
        <translation>学出同一张表</translation>
    </message>
    <message>
        <source>counted table</source>
        <translation>数出的表</translation>
    </message>
    <message>
        <source>from the counted table</source>
        <translation>与数出的表相比</translation>
    </message>
    <message>
        <source>learned</source>
        <translation>学到的表</translation>
    </message>
    <message>
        <source>loss = −mean ln P(next | word) = {loss} nats; largest difference from the counted table without smoothing: {difference}</source>
        <translation>损失 = −ln P(下一个词 | 词) 的平均 = {loss} 奈特；与不加平滑的计数表最多相差 {difference}</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>奈特</translation>
    </message>
    <message>
        <source>next word</source>
        <translation>下一个词</translation>
    </message>
    <message>
        <source>probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>step {n}</source>
        <translation>第 {n} 步</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>word</source>
        <translation>词</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>row&apos;s largest</source>
        <translation>行最大值</translation>
    </message>
    <message>
        <source>weight, as a share of its row&apos;s largest</source>
        <translation>权重，相对于所在行最大值的比例</translation>
    </message>
    <message>
        <source>weight, by its place among the weights above 0</source>
        <translation>权重，按在正权重中的位次</translation>
    </message>
    <message>
        <source>weight, linear scale</source>
        <translation>权重，线性刻度</translation>
    </message>
    <message>
        <source>weight, log scale; {floor} and below in the colour of 0</source>
        <translation>权重，对数刻度；≤ {floor} 与 0 同色</translation>
    </message>
    <message>
        <source>weight, square root scale</source>
        <translation>权重，平方根刻度</translation>
    </message>
    <message>
        <source>{n} bits</source>
        <translation>{n} 比特</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} 个词元</translation>
    </message>
</context>
<context>
    <name>LessonCommands</name>
    <message>
        <source>Export from the lesson</source>
        <translation>从课程导出</translation>
    </message>
</context>
<context>
    <name>LessonHeader</name>
    <message>
        <source>Choose a lesson</source>
        <translation>选择一课</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close the lessons (F2)</source>
        <translation>关闭课程 (F2)</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>课程</translation>
    </message>
    <message>
        <source>Main panels</source>
        <translation>主面板</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
</context>
<context>
    <name>LessonPanel</name>
    <message>
        <source>Lessons</source>
        <translation>课程</translation>
    </message>
</context>
<context>
    <name>LetterCells</name>
    <message>
        <source>Letters and tokens of a word</source>
        <translation>单词的字母与词元</translation>
    </message>
    <message>
        <source>Letters in it</source>
        <translation>其中的字母</translation>
    </message>
    <message>
        <source>The model gets</source>
        <translation>模型得到的</translation>
    </message>
    <message>
        <source>You read</source>
        <translation>你读到的</translation>
    </message>
    <message>
        <source>{text}: the model gets {ids}</source>
        <translation>{text}：模型得到 {ids}</translation>
    </message>
</context>
<context>
    <name>LetterCount</name>
    <message>
        <source>Any word, up to {n} characters</source>
        <translation>任意单词，最多 {n} 个字符</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>核对</translation>
    </message>
    <message>
        <source>Compare your count with the word</source>
        <translation>把你数的和单词核对</translation>
    </message>
    <message>
        <source>Count the letters</source>
        <translation>数字母</translation>
    </message>
    <message>
        <source>Count with your eyes first, then look at what the model gets.</source>
        <translation>先用眼睛数一数，再看看模型得到的是什么。</translation>
    </message>
    <message>
        <source>How many</source>
        <translation>字母</translation>
    </message>
    <message>
        <source>How many times the letter stands in the word</source>
        <translation>这个字母在单词里出现几次</translation>
    </message>
    <message>
        <source>Letter</source>
        <translation>字母</translation>
    </message>
    <message>
        <source>Mark the letter, and count it in every token</source>
        <translation>标出这个字母，并数出每个词元里有几个</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>The letter to count; capitals count, too</source>
        <translation>要数的字母，大写也算</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>Type how many you have counted.</source>
        <translation>请输入你数出的个数。</translation>
    </message>
    <message>
        <source>Which tokenizer cuts the word</source>
        <translation>用哪个分词器切这个单词</translation>
    </message>
    <message>
        <source>Word</source>
        <translation>单词</translation>
    </message>
    <message>
        <source>Your count</source>
        <translation>你数的个数</translation>
    </message>
    <message>
        <source>cut by</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>in</source>
        <translation>单词</translation>
    </message>
    <message>
        <source>{word} has {n} × {letter}, in {holding} of its {tokens} tokens. The model gets {ids}: nothing in these numbers says which letters they stand for.</source>
        <translation>{word} 里有 {n} 个 {letter}，分布在 {tokens} 个词元中的 {holding} 个里。模型得到的是 {ids}：这些数里没有任何东西说明它们代表哪些字母。</translation>
    </message>
    <message>
        <source>✓ Right.</source>
        <translation>✓ 对了。</translation>
    </message>
    <message>
        <source>✗ It is not {n}. Count once more, or press Show.</source>
        <translation>✗ 不是 {n}。再数一遍，或者按“显示”。</translation>
    </message>
</context>
<context>
    <name>LineChart</name>
    <message>
        <source>Chart</source>
        <translation>曲线图</translation>
    </message>
    <message>
        <source>Nothing is drawn yet.</source>
        <translation>尚未绘制任何曲线。</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>另有 {n} 条</translation>
    </message>
    <message>
        <source>{n} values of 0 or below have no place on a logarithmic axis</source>
        <translation>{n} 个小于或等于 0 的值无法画在对数轴上</translation>
    </message>
    <message>
        <source>{value} (at {x})</source>
        <translation>{value}（位于 {x}）</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>All heads</source>
        <translation>全部注意力头</translation>
    </message>
    <message>
        <source>All panels</source>
        <translation>全部面板</translation>
    </message>
    <message>
        <source>Bring the panels back (Esc)</source>
        <translation>恢复各面板 (Esc)</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>课程</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Next token</source>
        <translation>下一个词元</translation>
    </message>
    <message>
        <source>Notices</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Prompts to begin with, and what to look at in each</source>
        <translation>可供入手的提示词，以及各自的看点</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>采样器</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Surprise</source>
        <translation>意外度</translation>
    </message>
    <message>
        <source>Token pair</source>
        <translation>词元对</translation>
    </message>
    <message>
        <source>Tokenizers</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>{name}: choose another model</source>
        <translation>{name}：选择其他模型</translation>
    </message>
</context>
<context>
    <name>MapPane</name>
    <message>
        <source>A head&apos;s attention map, once the model runs.</source>
        <translation>训练开始后，这里显示一个头的注意力图。</translation>
    </message>
    <message>
        <source>After step {n:,}, on text that is not trained on.</source>
        <translation>第 {n:,} 步之后，取自不参与训练的文本。</translation>
    </message>
    <message>
        <source>After step {n:,}, on the beginning of the text.</source>
        <translation>第 {n:,} 步之后，取自文本的开头。</translation>
    </message>
    <message>
        <source>Attention weights</source>
        <translation>注意力权重</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Where it looks</source>
        <translation>它看向哪里</translation>
    </message>
    <message>
        <source>key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>query</source>
        <translation>查询</translation>
    </message>
</context>
<context>
    <name>MatrixView</name>
    <message>
        <source>Matrix</source>
        <translation>矩阵</translation>
    </message>
    <message>
        <source>Value of the cell</source>
        <translation>单元格的值</translation>
    </message>
    <message>
        <source>column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>被遮住</translation>
    </message>
    <message>
        <source>no value</source>
        <translation>没有值</translation>
    </message>
    <message>
        <source>row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>{rows} rows, {columns} columns.</source>
        <translation>{rows} 行，{columns} 列。</translation>
    </message>
    <message>
        <source>“{text}” is not a number, so the old value stays. Type one like 0.5 or −2.</source>
        <translation>“{text}”不是数字，因此保留原来的值。请输入 0.5 或 −2 这样的数。</translation>
    </message>
    <message>
        <source>−∞ (hidden)</source>
        <translation>−∞（被遮住）</translation>
    </message>
</context>
<context>
    <name>MeaningPane</name>
    <message>
        <source>1 · one meaning</source>
        <translation>1 · 一种意思</translation>
    </message>
    <message>
        <source>2 · another meaning</source>
        <translation>2 · 另一种意思</translation>
    </message>
    <message>
        <source>3 · the first again</source>
        <translation>3 · 又是第一种</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Control word</source>
        <translation>对照词</translation>
    </message>
    <message>
        <source>Cosine similarity by layer</source>
        <translation>逐层的余弦相似度</translation>
    </message>
    <message>
        <source>In all three sentences</source>
        <translation>三句话里都要有</translation>
    </message>
    <message>
        <source>In the first two sentences: a word whose meaning does not change</source>
        <translation>前两句里都有、意思不变的词</translation>
    </message>
    <message>
        <source>Not the same token in all three: the vectors differ from the start.</source>
        <translation>三句里不是同一个词元：向量从一开始就不同。</translation>
    </message>
    <message>
        <source>Run the sentences through the model at hand (Enter)</source>
        <translation>用手头的模型运行这几句话（回车）</translation>
    </message>
    <message>
        <source>The model reads the sentences …</source>
        <translation>模型正在读这几句话……</translation>
    </message>
    <message>
        <source>The same token in all three: before the first layer it is one vector.</source>
        <translation>三句里是同一个词元：进入第一层之前是同一个向量。</translation>
    </message>
    <message>
        <source>Word</source>
        <translation>词</translation>
    </message>
    <message>
        <source>blocks passed (0: input, last: after the final normalisation)</source>
        <translation>经过的层数（0：输入；最后一点：最终归一化之后）</translation>
    </message>
    <message>
        <source>cosine similarity</source>
        <translation>余弦相似度</translation>
    </message>
    <message>
        <source>{word}: {a} and {b}</source>
        <translation>{word}：第 {a} 句与第 {b} 句</translation>
    </message>
</context>
<context>
    <name>MendPane</name>
    <message>
        <source>Again</source>
        <translation>再来一次</translation>
    </message>
    <message>
        <source>Another picture, once this one is right</source>
        <translation>这张图修好之后，换下一张</translation>
    </message>
    <message>
        <source>Attention weights: row looks at column</source>
        <translation>注意力权重：行看列</translation>
    </message>
    <message>
        <source>Columns added up to 1 and rows did not: the softmax ran down the columns.</source>
        <translation>各列之和是 1，各行却不是：softmax 对列做了。</translation>
    </message>
    <message>
        <source>Divide by √d_k</source>
        <translation>除以 √d_k</translation>
    </message>
    <message>
        <source>Each row becomes positive with a sum of 1</source>
        <translation>每一行都变为正数，和为 1</translation>
    </message>
    <message>
        <source>From the first round, with other numbers</source>
        <translation>换一组数字，从第一轮重新开始</translation>
    </message>
    <message>
        <source>Mask the future</source>
        <translation>遮住后面的词元</translation>
    </message>
    <message>
        <source>Mend</source>
        <translation>修理</translation>
    </message>
    <message>
        <source>Nearly all weight of a row or column was in one cell: scores of {width} products are large, and were not divided by √{width}.</source>
        <translation>一行或一列的权重几乎都在一个格子里：{width} 个乘积相加的分数很大，却没有除以 √{width}。</translation>
    </message>
    <message>
        <source>Next round</source>
        <translation>下一轮</translation>
    </message>
    <message>
        <source>No token looks at a later one</source>
        <translation>任何词元都不看后面的词元</translation>
    </message>
    <message>
        <source>Not right yet</source>
        <translation>还不对</translation>
    </message>
    <message>
        <source>Round {n} of {rounds}: {faults} broken</source>
        <translation>第 {n} 轮，共 {rounds} 轮：{faults}</translation>
    </message>
    <message>
        <source>Rows     {rows}
Columns  {columns}</source>
        <translation>各行  {rows}
各列  {columns}</translation>
    </message>
    <message>
        <source>Scores are divided by the root of the width of queries and keys</source>
        <translation>分数除以查询和键的宽度的平方根</translation>
    </message>
    <message>
        <source>Show the sums</source>
        <translation>显示总和</translation>
    </message>
    <message>
        <source>Softmax over rows</source>
        <translation>对行做 softmax</translation>
    </message>
    <message>
        <source>Solved</source>
        <translation>解开了</translation>
    </message>
    <message>
        <source>Something is broken in this attention. Look where there is weight at all, how sharp the rows are, and what adds up to 1; then mend only what is broken.</source>
        <translation>这个注意力坏了。看看哪里有权重、各行有多尖锐、什么加起来等于 1，然后只修坏了的地方。</translation>
    </message>
    <message>
        <source>Sums of the rows and columns</source>
        <translation>各行与各列的总和</translation>
    </message>
    <message>
        <source>The weights are right, but not all that you mended was broken: switch off what changes nothing.</source>
        <translation>权重已经正确，但你修的并非都是坏的：把不起作用的开关关掉。</translation>
    </message>
    <message>
        <source>There was weight above the diagonal, on tokens that come later: no mask hid them.</source>
        <translation>对角线上方有权重，落在后面的词元上：没有掩码把它们遮住。</translation>
    </message>
    <message>
        <source>What each row and each column of weights adds up to</source>
        <translation>每一行、每一列的权重各加起来是多少</translation>
    </message>
    <message>
        <source>one thing is</source>
        <translation>坏了一处</translation>
    </message>
    <message>
        <source>two things are</source>
        <translation>坏了两处</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Examples</source>
        <translation>示例(&amp;X)</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Generate</source>
        <translation>生成(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Head</source>
        <translation>头(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>&amp;Lessons</source>
        <translation>课程(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation>面板</translation>
    </message>
    <message>
        <source>&amp;Surprise</source>
        <translation>意外度</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>Recent &amp;files</source>
        <translation>最近的文件</translation>
    </message>
    <message>
        <source>Recent &amp;models</source>
        <translation>最近的模型</translation>
    </message>
</context>
<context>
    <name>MergePlayback</name>
    <message>
        <source>Play the merges</source>
        <translation>播放合并过程</translation>
    </message>
    <message>
        <source>Step 0 of {last}: the single parts.</source>
        <translation>第 0 步，共 {last} 步：各个单独的部分。</translation>
    </message>
    <message>
        <source>Step of the merges</source>
        <translation>合并的步骤</translation>
    </message>
    <message>
        <source>Step {n} of {last}: merge {rank:,} joins {left} and {right}.</source>
        <translation>第 {n} 步，共 {last} 步：第 {rank:,} 条合并规则把 {left} 与 {right} 合并。</translation>
    </message>
    <message>
        <source>Stop the merges</source>
        <translation>停止播放</translation>
    </message>
</context>
<context>
    <name>Metrics</name>
    <message>
        <source>How alike the small pictures of two heads are: the cosine of their cells, 1 for the same picture.</source>
        <translation>两个头的小图有多相似：各格的余弦相似度，1 为完全相同。</translation>
    </message>
    <message>
        <source>How many tokens back a token looks, on average.</source>
        <translation>词元平均回看多少个词元之前。</translation>
    </message>
    <message>
        <source>How widely a token&apos;s attention is spread: 0 bits on a single token, 3 bits as if on 8 tokens alike.</source>
        <translation>词元的注意力有多分散：全部集中于一个词元为 0 比特，均匀分在 8 个词元上为 3 比特。</translation>
    </message>
    <message>
        <source>Share of the attention of the marked queries that rests on the marked keys.</source>
        <translation>选定的查询的注意力中，落在选定的键上的比例。</translation>
    </message>
    <message>
        <source>Share of the attention on earlier occurrences of the same token.</source>
        <translation>落在同一词元先前各次出现上的注意力比例。</translation>
    </message>
    <message>
        <source>Share of the attention on the token itself and the {n} before it.</source>
        <translation>落在词元自身及其前 {n} 个词元上的注意力比例。</translation>
    </message>
    <message>
        <source>Share of the attention on the token right before.</source>
        <translation>落在前一个词元上的注意力比例。</translation>
    </message>
    <message>
        <source>Share of the attention on what followed when the same token occurred before: how a model continues what it has already read.</source>
        <translation>同一词元先前出现时，落在其后一个词元上的注意力比例：模型就是这样接着写读过的内容。</translation>
    </message>
    <message>
        <source>Share of the attention that a token keeps on itself.</source>
        <translation>词元留在自身上的注意力比例。</translation>
    </message>
    <message>
        <source>Share of the attention that rests on the first token of the text; many heads park there what they do not need, a sink.</source>
        <translation>落在文本首个词元上的注意力比例；许多头把用不着的注意力停放在那里，即注意力汇。</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>比特</translation>
    </message>
    <message>
        <source>diagonal</source>
        <translation>自身占比</translation>
    </message>
    <message>
        <source>diagonal head</source>
        <translation>对角头</translation>
    </message>
    <message>
        <source>distance</source>
        <translation>平均距离</translation>
    </message>
    <message>
        <source>duplicate token</source>
        <translation>重复词元占比</translation>
    </message>
    <message>
        <source>duplicate-token head</source>
        <translation>重复词元头</translation>
    </message>
    <message>
        <source>entropy</source>
        <translation>熵</translation>
    </message>
    <message>
        <source>first token</source>
        <translation>首词元占比</translation>
    </message>
    <message>
        <source>induction</source>
        <translation>归纳得分</translation>
    </message>
    <message>
        <source>induction head</source>
        <translation>归纳头</translation>
    </message>
    <message>
        <source>likeness</source>
        <translation>相似度</translation>
    </message>
    <message>
        <source>local</source>
        <translation>局部占比</translation>
    </message>
    <message>
        <source>local head</source>
        <translation>局部头</translation>
    </message>
    <message>
        <source>marked region</source>
        <translation>选定区域占比</translation>
    </message>
    <message>
        <source>not defined for this head: it puts no weight on any token</source>
        <translation>此头无定义：它没有把权重放在任何词元上</translation>
    </message>
    <message>
        <source>not defined on this text: it has a single token</source>
        <translation>此文本无定义：它只有一个词元</translation>
    </message>
    <message>
        <source>not defined on this text: it has no more than {n} tokens</source>
        <translation>此文本无定义：它的词元不超过 {n} 个</translation>
    </message>
    <message>
        <source>not defined on this text: no token occurs twice</source>
        <translation>此文本无定义：没有重复出现的词元</translation>
    </message>
    <message>
        <source>previous token</source>
        <translation>前一词元占比</translation>
    </message>
    <message>
        <source>previous-token head</source>
        <translation>前一词元头</translation>
    </message>
    <message>
        <source>sink head</source>
        <translation>汇聚头</translation>
    </message>
    <message>
        <source>that look at earlier copies</source>
        <translation>关注先前相同词元的头</translation>
    </message>
    <message>
        <source>that look at the previous token</source>
        <translation>关注前一词元的头</translation>
    </message>
    <message>
        <source>that look at the token itself</source>
        <translation>关注词元自身的头</translation>
    </message>
    <message>
        <source>that look at what followed earlier copies (induction)</source>
        <translation>关注先前相同词元之后一词的头（归纳）</translation>
    </message>
    <message>
        <source>that look far back</source>
        <translation>看得远的头</translation>
    </message>
    <message>
        <source>that look nearby</source>
        <translation>看近处的头</translation>
    </message>
    <message>
        <source>that rest on the first token</source>
        <translation>停在首个词元上的头</translation>
    </message>
    <message>
        <source>that spread their attention widely</source>
        <translation>注意力分散的头</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>{label}, {percent} % on average over this text&apos;s tokens. {meaning}</source>
        <translation>{label}，在本文本的词元上平均 {percent} %。{meaning}</translation>
    </message>
</context>
<context>
    <name>Minimap</name>
    <message>
        <source>The whole map, with the part in sight outlined</source>
        <translation>全图，线框为可见部分</translation>
    </message>
    <message>
        <source>The whole map. Click or drag to move the part in sight.</source>
        <translation>全图。单击或拖动可移动可见部分。</translation>
    </message>
</context>
<context>
    <name>MinutesPane</name>
    <message>
        <source>Loss in nats a character</source>
        <translation>每个字符的损失（奈特）</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>The table is being counted …</source>
        <translation>正在给表格计数……</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>To beat: {target} nats.</source>
        <translation>要低于 {target} 奈特。</translation>
    </message>
    <message>
        <source>Train a model on the little stories, by characters, for three minutes, and get its held-out loss below that of the table of {n} characters of context from lesson 4. The clock starts with the first step. Which sizes, which batch, which learning rate?</source>
        <translation>用小故事按字符训练一个模型，限时三分钟，让它在留出文本上的损失低于第 4 课看 {n} 个字符的表。走第一步时开始计时。选什么尺寸、多大的批、多高的学习率？</translation>
    </message>
    <message>
        <source>Train for three minutes, or stop before</source>
        <translation>训练三分钟，或提前停下</translation>
    </message>
    <message>
        <source>held out</source>
        <translation>留出</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>奈特</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>the table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>{best} nats so far; to beat: {target}.</source>
        <translation>目前 {best} 奈特；要低于 {target}。</translation>
    </message>
    <message>
        <source>{m}:{s} left</source>
        <translation>还剩 {m}:{s}</translation>
    </message>
    <message>
        <source>✓ {best} nats: below the table’s {target}.</source>
        <translation>✓ {best} 奈特：低于表格的 {target}。</translation>
    </message>
    <message>
        <source>✗ {best} nats: the table has {target}. Try others.</source>
        <translation>✗ {best} 奈特：表格是 {target}。换别的试试。</translation>
    </message>
</context>
<context>
    <name>ModelDesk</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Graphics card (cuda)</source>
        <translation>显卡 (cuda)</translation>
    </message>
    <message>
        <source>Graphics card (mps)</source>
        <translation>显卡 (mps)</translation>
    </message>
    <message>
        <source>Processor (cpu)</source>
        <translation>处理器 (cpu)</translation>
    </message>
    <message>
        <source>{name}   (download {size})</source>
        <translation>{name}   （下载 {size}）</translation>
    </message>
</context>
<context>
    <name>ModelHeads</name>
    <message>
        <source>A story</source>
        <translation>一个故事</translation>
    </message>
    <message>
        <source>A text for the model to read</source>
        <translation>给模型读的文本</translation>
    </message>
    <message>
        <source>In colour, heads that stand out enough from chance to be called by the name; grey, the nearest of the others. The names hold on this text, and attention is not explanation: where a head looks does not yet say what it does with what it finds.</source>
        <translation>彩色的头明显超出随机水平，够得上这个名称；灰色的是其余头里最接近的。名称只对这段文本成立。注意力也不等于解释：一个头看哪里，并没有说出它拿看到的东西做什么。</translation>
    </message>
    <message>
        <source>Layer {layer}, head {head}: {score}. Select it in the main panels.</source>
        <translation>第 {layer} 层第 {head} 头：{score}。在主面板里选中它。</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Run this text in the main window</source>
        <translation>在主窗口里运行这段文本</translation>
    </message>
    <message>
        <source>Text for the model</source>
        <translation>给模型的文本</translation>
    </message>
    <message>
        <source>The heads are being measured on this text …</source>
        <translation>正在用这段文本测量各个头……</translation>
    </message>
    <message>
        <source>Words, twice</source>
        <translation>词语，两遍</translation>
    </message>
    <message>
        <source>{kind}: layer {layer}, head {head}, {score}</source>
        <translation>{kind}：第 {layer} 层第 {head} 头，{score}</translation>
    </message>
    <message>
        <source>{model}, {layers} layers of {heads} heads, on {n} tokens: “{text}”</source>
        <translation>{model}，{layers} 层，每层 {heads} 个头，{n} 个词元：“{text}”</translation>
    </message>
    <message>
        <source>{n} so called · by chance {chance} · {queries} tokens count</source>
        <translation>够得上的 {n} 个 · 随机水平 {chance} · 计入 {queries} 个词元</translation>
    </message>
</context>
<context>
    <name>ModelLoop</name>
    <message>
        <source>A text for the model to go on with</source>
        <translation>让模型接着写的文本</translation>
    </message>
    <message>
        <source>All candidates, the sampling parameters and attention</source>
        <translation>全部候选、采样参数和注意力</translation>
    </message>
    <message>
        <source>Draw one token with the sampling parameters at hand</source>
        <translation>按现有的采样参数抽一个词元</translation>
    </message>
    <message>
        <source>No model is loaded: choose one at the top of the main window.</source>
        <translation>没有载入模型：请在主窗口顶部选一个。</translation>
    </message>
    <message>
        <source>Predict</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Predictions</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Press Predict to give the model this text.</source>
        <translation>按“预测”，把这段文本交给模型。</translation>
    </message>
    <message>
        <source>Run this text in the main window</source>
        <translation>在主窗口里运行这段文本</translation>
    </message>
    <message>
        <source>Select and append</source>
        <translation>选择并追加</translation>
    </message>
    <message>
        <source>Shape and select</source>
        <translation>调整与选择</translation>
    </message>
    <message>
        <source>Show the main panels</source>
        <translation>显示主面板</translation>
    </message>
    <message>
        <source>Text for the model</source>
        <translation>给模型的文本</translation>
    </message>
    <message>
        <source>The calls</source>
        <translation>调用</translation>
    </message>
    <message>
        <source>The main window shows what follows an earlier token: {token}</source>
        <translation>主窗口显示的是前面一个词元之后的预测：{token}</translation>
    </message>
    <message>
        <source>The main window&apos;s text is too long for this line</source>
        <translation>主窗口的文本太长，这一行放不下</translation>
    </message>
    <message>
        <source>The model&apos;s likeliest next tokens</source>
        <translation>模型认为最可能的下一个词元</translation>
    </message>
    <message>
        <source>and {n:,} more tokens, together {rest:.1f} %</source>
        <translation>另有 {n:,} 个词元，合计 {rest:.1f} %</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>tokens that can be drawn</source>
        <translation>可以抽到的词元</translation>
    </message>
    <message>
        <source>vocabulary V</source>
        <translation>词表大小 V</translation>
    </message>
</context>
<context>
    <name>ModelStream</name>
    <message>
        <source>A text for the model to read</source>
        <translation>给模型读的文本</translation>
    </message>
    <message>
        <source>Are the tokens still different?</source>
        <translation>词元还分得清吗？</translation>
    </message>
    <message>
        <source>Length of the vector, block by block</source>
        <translation>向量的长度，逐块</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Run this text through the model at hand (Enter)</source>
        <translation>用手头的模型运行这段文本（回车）</translation>
    </message>
    <message>
        <source>Text for the model</source>
        <translation>给模型的文本</translation>
    </message>
    <message>
        <source>The model reads the text …</source>
        <translation>模型正在读这段文本……</translation>
    </message>
    <message>
        <source>The token to follow</source>
        <translation>要跟踪的词元</translation>
    </message>
    <message>
        <source>blocks passed</source>
        <translation>经过的块数</translation>
    </message>
    <message>
        <source>cosine similarity of two tokens</source>
        <translation>两个词元的余弦相似度</translation>
    </message>
    <message>
        <source>first token</source>
        <translation>第一个词元</translation>
    </message>
    <message>
        <source>length (logarithmic)</source>
        <translation>长度（对数）</translation>
    </message>
    <message>
        <source>mean of all pairs</source>
        <translation>所有词对的平均</translation>
    </message>
    <message>
        <source>“{piece}”: length {first} before the first block, {last} after the last, {normed} after the final normalisation.</source>
        <translation>“{piece}”：第一个块之前长度为 {first}，最后一个块之后为 {last}，最终归一化之后为 {normed}。</translation>
    </message>
    <message>
        <source>“{piece}”: length {first} before the first block, {last} after the last.</source>
        <translation>“{piece}”：第一个块之前长度为 {first}，最后一个块之后为 {last}。</translation>
    </message>
</context>
<context>
    <name>Mosaic</name>
    <message>
        <source>All heads</source>
        <translation>全部注意力头</translation>
    </message>
    <message>
        <source>Click to look at it, Ctrl-click to pin it, double-click to see it alone</source>
        <translation>单击查看，Ctrl+单击固定，双击单独显示</translation>
    </message>
    <message>
        <source>No more is known of the heads on this text yet; choose a number to be shown, and all are measured.</source>
        <translation>尚不知道这些头在此文本上的更多情况；选择要显示的数值后即会测量全部头。</translation>
    </message>
    <message>
        <source>The gap parts groups of {n} heads; those of a group share their keys and values.</source>
        <translation>间隙分隔每 {n} 个头一组；同组的头共用键和值。</translation>
    </message>
    <message>
        <source>key-value head {group} of {n}, shared by H{first} to H{last}</source>
        <translation>键值头 {group}（共 {n} 个），由 H{first} 至 H{last} 共用</translation>
    </message>
    <message>
        <source>largest weight</source>
        <translation>最大权重</translation>
    </message>
    <message>
        <source>largest weight {weight}</source>
        <translation>最大权重 {weight}</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>已固定</translation>
    </message>
    <message>
        <source>pinned: the coloured corner</source>
        <translation>已固定：带色的角</translation>
    </message>
    <message>
        <source>{head}, mean over the heads of the layer</source>
        <translation>{head}，此层各头的平均</translation>
    </message>
    <message>
        <source>{head}: click for the mean over the heads of layer {layer}</source>
        <translation>{head}：点击查看第 {layer} 层各头的平均</translation>
    </message>
    <message>
        <source>{head}: no attention to show here</source>
        <translation>{head}：此处没有可展示的注意力</translation>
    </message>
    <message>
        <source>{place} of {n}</source>
        <translation>{place} / {n}</translation>
    </message>
</context>
<context>
    <name>NgramPage</name>
    <message>
        <source>% copied</source>
        <translation>抄来的 %</translation>
    </message>
    <message>
        <source>A network by hand</source>
        <translation>亲手算一个网络</translation>
    </message>
    <message>
        <source>Another</source>
        <translation>再来一段</translation>
    </message>
    <message>
        <source>Beginning</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>Copied word for word</source>
        <translation>一字不差地抄来</translation>
    </message>
    <message>
        <source>Count a text with one to five tokens of context</source>
        <translation>给一段文本计数，看一到五个词元的上文</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Generate with the next seed</source>
        <translation>用下一个种子生成</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>困惑度</translation>
    </message>
    <message>
        <source>Rows possible, 10 to the k</source>
        <translation>可能的行数：10 的 k 次方</translation>
    </message>
    <message>
        <source>Rows used and possible</source>
        <translation>用到的与可能的行数</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Shaded: copied word for word, {share}. Below each token: the context used, orange where shortened, {n}.</source>
        <translation>底色：一字不差抄来的部分，占 {share}。词元下方：用到的上文；橙色：上文被缩短，共 {n} 处。</translation>
    </message>
    <message>
        <source>Shorter copied stretches are not marked</source>
        <translation>更短的抄写段落不标出</translation>
    </message>
    <message>
        <source>Shortest marked stretch</source>
        <translation>标出的最短段落</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Text from {n} tokens of context</source>
        <translation>用 {n} 个词元的上文生成的文本</translation>
    </message>
    <message>
        <source>The same seed draws the same text</source>
        <translation>种子相同，抽出的文本就相同</translation>
    </message>
    <message>
        <source>Tokens to generate</source>
        <translation>生成的词元数</translation>
    </message>
    <message>
        <source>Two layers, every number and its gradient</source>
        <translation>两层，每个数和它的梯度</translation>
    </message>
    <message>
        <source>What the text begins with; in an order of words that the counted text does not
have, you see how the table backs off to shorter contexts</source>
        <translation>文本的开头；如果计数文本里没有这样的词序，
就能看到表格怎样回退到更短的上文</translation>
    </message>
    <message>
        <source>any token</source>
        <translation>任意词元</translation>
    </message>
    <message>
        <source>begin with</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>counted</source>
        <translation>计数</translation>
    </message>
    <message>
        <source>held out</source>
        <translation>留出</translation>
    </message>
    <message>
        <source>perplexity</source>
        <translation>困惑度</translation>
    </message>
    <message>
        <source>possible</source>
        <translation>可能</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>shade from</source>
        <translation>标底色的最短长度</translation>
    </message>
    <message>
        <source>shaded</source>
        <translation>标底色</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元数</translation>
    </message>
    <message>
        <source>tokens in a row</source>
        <translation>连续词元数</translation>
    </message>
    <message>
        <source>tokens of context, n</source>
        <translation>上文词元数 n</translation>
    </message>
    <message>
        <source>used</source>
        <translation>用到</translation>
    </message>
    <message>
        <source>{n} characters, {v} different; {h} held out</source>
        <translation>计数 {n} 个字符，{v} 个不同；留出 {h} 个</translation>
    </message>
    <message>
        <source>{n} words, {v} different; {h} held out</source>
        <translation>计数 {n} 个词，{v} 个不同；留出 {h} 个</translation>
    </message>
</context>
<context>
    <name>OneLoop</name>
    <message>
        <source>Loss {loss:.2f} nats, and {next:.2f} on text that it has never seen: it predicts. Guessing costs {guess:.2f}.</source>
        <translation>损失 {loss:.2f} 奈特，在从未见过的文本上是 {next:.2f}：它会预测了。瞎猜是 {guess:.2f}。</translation>
    </message>
    <message>
        <source>Loss {loss:.2f} nats: it says the same token again. Predicting the next one costs it {next:.2f} nats; guessing costs {guess:.2f}.</source>
        <translation>损失 {loss:.2f} 奈特：它把同一个词元再说一遍。让它预测下一个词元，损失是 {next:.2f} 奈特；瞎猜是 {guess:.2f}。</translation>
    </message>
    <message>
        <source>What it writes:</source>
        <translation>它写的是：</translation>
    </message>
    <message>
        <source>What the model writes</source>
        <translation>模型写的文本</translation>
    </message>
</context>
<context>
    <name>OpenTextButton</name>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Open a text</source>
        <translation>打开文本</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Take the text of a file: UTF-8, at most {most} MB</source>
        <translation>使用文件中的文本：UTF-8 编码，最多 {most} MB</translation>
    </message>
    <message>
        <source>Text files</source>
        <translation>文本文件</translation>
    </message>
</context>
<context>
    <name>OrderPane</name>
    <message>
        <source>+ its position</source>
        <translation>＋ 它的位置</translation>
    </message>
    <message>
        <source>= x, the input</source>
        <translation>＝ x，输入</translation>
    </message>
    <message>
        <source>Add positions</source>
        <translation>加上位置</translation>
    </message>
    <message>
        <source>Add the sinusoids of its place to each word</source>
        <translation>给每个词加上它所在位置的正弦波</translation>
    </message>
    <message>
        <source>Another order of the same words</source>
        <translation>同样的词换一个顺序</translation>
    </message>
    <message>
        <source>Row by row, the same word is compared with itself: what attention gave it in the sentence, and in the shuffled one. A difference of about 1e-16 is the rounding of the last digit.</source>
        <translation>逐行比较同一个词：在原句里，和在打乱的句子里，注意力各给了它什么。1e-16 左右的差只是最后一位的舍入。</translation>
    </message>
    <message>
        <source>Sentence to shuffle</source>
        <translation>要打乱的句子</translation>
    </message>
    <message>
        <source>Shuffle again</source>
        <translation>再打乱一次</translation>
    </message>
    <message>
        <source>Shuffled: {words}</source>
        <translation>打乱后：{words}</translation>
    </message>
    <message>
        <source>Two to seven words</source>
        <translation>两到七个词，用空格隔开</translation>
    </message>
    <message>
        <source>With positions: the largest difference is {difference}.</source>
        <translation>加上位置：最大的差是 {difference}。</translation>
    </message>
    <message>
        <source>Without positions: the largest difference is {difference}.</source>
        <translation>不加位置：最大的差是 {difference}。</translation>
    </message>
    <message>
        <source>difference</source>
        <translation>差</translation>
    </message>
    <message>
        <source>embedding of each word</source>
        <translation>每个词的嵌入</translation>
    </message>
    <message>
        <source>outputs, shuffled, put back</source>
        <translation>打乱后的输出，放回原位</translation>
    </message>
    <message>
        <source>outputs, the sentence</source>
        <translation>原句的输出</translation>
    </message>
</context>
<context>
    <name>Overview</name>
    <message>
        <source>% of the attention</source>
        <translation>注意力的 %</translation>
    </message>
    <message>
        <source>A row is a layer, a column a head: query down, key across.</source>
        <translation>每行一层，每列一个头：纵向为查询，横向为键。</translation>
    </message>
    <message>
        <source>Mark a region on the map of a head first.</source>
        <translation>请先在某个头的图上框选一个区域。</translation>
    </message>
    <message>
        <source>No head is pinned. Ctrl-click a head, or press P, to pin it.</source>
        <translation>尚未固定任何头。按住 Ctrl 单击某个头，或按 P，即可固定。</translation>
    </message>
    <message>
        <source>No head passes the filter. Its {number} goes from {low} to {high}.</source>
        <translation>没有头通过筛选。其{number}在 {low} 至 {high} 之间。</translation>
    </message>
    <message>
        <source>The heads are being measured…</source>
        <translation>正在测量各头…</translation>
    </message>
    <message>
        <source>The {n} heads of a group share their keys and values.</source>
        <translation>同组的 {n} 个头共用键和值。</translation>
    </message>
    <message>
        <source>first {n} tokens hidden</source>
        <translation>已隐藏前 {n} 个词元</translation>
    </message>
    <message>
        <source>likeness to {head}</source>
        <translation>与 {head} 的相似度</translation>
    </message>
    <message>
        <source>square root scale, maximum over {block} × {block} tokens</source>
        <translation>平方根刻度，{block} × {block} 个词元中的最大值</translation>
    </message>
    <message>
        <source>weight, square root scale</source>
        <translation>权重，平方根刻度</translation>
    </message>
    <message>
        <source>{all} heads</source>
        <translation>{all} 个头</translation>
    </message>
    <message>
        <source>{caption}; hatched: not defined</source>
        <translation>{caption}；斜线：无定义</translation>
    </message>
    <message>
        <source>{heads} by {number}</source>
        <translation>{heads}，按{number}</translation>
    </message>
    <message>
        <source>{layers} layers × {heads} heads</source>
        <translation>{layers} 层 × {heads} 头</translation>
    </message>
    <message>
        <source>{number}, {unit}</source>
        <translation>{number}，{unit}</translation>
    </message>
    <message>
        <source>{number}: being measured…</source>
        <translation>{number}：正在测量…</translation>
    </message>
    <message>
        <source>{n} of {all} heads</source>
        <translation>{n} / {all} 个头</translation>
    </message>
    <message>
        <source>{n} of {all} rest on the first token</source>
        <translation>{all} 个头中有 {n} 个停在首个词元上</translation>
    </message>
    <message>
        <source>{order}, lowest first</source>
        <translation>{order}，低者在前</translation>
    </message>
</context>
<context>
    <name>OverviewOptions</name>
    <message>
        <source>A row per layer, a column per head</source>
        <translation>每行一层，每列一个头</translation>
    </message>
    <message>
        <source>Back to the grid</source>
        <translation>返回网格</translation>
    </message>
    <message>
        <source>Direction of the order</source>
        <translation>排序方向</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Heads can be filtered once a number is shown or they are ordered by one</source>
        <translation>显示某个数值或按其排序后，才能筛选</translation>
    </message>
    <message>
        <source>Limit of the filter</source>
        <translation>筛选的界限</translation>
    </message>
    <message>
        <source>Only pinned heads</source>
        <translation>仅固定的头</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Order and filter of all heads</source>
        <translation>全部注意力头的排序与筛选</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>all heads</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>at least</source>
        <translation>至少</translation>
    </message>
    <message>
        <source>at most</source>
        <translation>至多</translation>
    </message>
    <message>
        <source>by layer</source>
        <translation>按层</translation>
    </message>
    <message>
        <source>by likeness to {head}</source>
        <translation>按与 {head} 的相似度</translation>
    </message>
    <message>
        <source>by weight on the marked region</source>
        <translation>按选定区域占比</translation>
    </message>
    <message>
        <source>by {number}</source>
        <translation>按{number}</translation>
    </message>
    <message>
        <source>highest first</source>
        <translation>高者在前</translation>
    </message>
    <message>
        <source>lowest first</source>
        <translation>低者在前</translation>
    </message>
</context>
<context>
    <name>OverviewPanel</name>
    <message>
        <source>A coloured corner marks a pinned head: Ctrl-click or P to pin and unpin</source>
        <translation>带色的角表示已固定的头：Ctrl+单击或按 P 可固定或取消</translation>
    </message>
    <message>
        <source>All heads</source>
        <translation>全部注意力头</translation>
    </message>
    <message>
        <source>Arrays (NPZ)…</source>
        <translation>数组 (NPZ)…</translation>
    </message>
    <message>
        <source>Back to the grid</source>
        <translation>返回网格</translation>
    </message>
    <message>
        <source>Back to the grid (Esc)</source>
        <translation>返回网格 (Esc)</translation>
    </message>
    <message>
        <source>Data (JSON)…</source>
        <translation>数据 (JSON)…</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Figure (PDF)…</source>
        <translation>图 (PDF)…</translation>
    </message>
    <message>
        <source>Figure (PNG)…</source>
        <translation>图 (PNG)…</translation>
    </message>
    <message>
        <source>Figure (SVG)…</source>
        <translation>图 (SVG)…</translation>
    </message>
    <message>
        <source>Find heads</source>
        <translation>查找头</translation>
    </message>
    <message>
        <source>Order and filter</source>
        <translation>排序与筛选</translation>
    </message>
    <message>
        <source>Rank the heads by what they look at</source>
        <translation>按所关注的内容为各头排名</translation>
    </message>
    <message>
        <source>Save all heads as a figure or as numbers</source>
        <translation>把全部注意力头保存为图片或数值</translation>
    </message>
    <message>
        <source>Table (CSV)…</source>
        <translation>表格 (CSV)…</translation>
    </message>
    <message>
        <source>What the cells show</source>
        <translation>格中显示的内容</translation>
    </message>
    <message>
        <source>What the cells show: the pattern, or a number a head</source>
        <translation>格中显示的内容：模式图，或每头一个数值</translation>
    </message>
    <message>
        <source>pattern</source>
        <translation>模式图</translation>
    </message>
    <message>
        <source>{n} pinned</source>
        <translation>已固定 {n} 个</translation>
    </message>
</context>
<context>
    <name>PairFacts</name>
    <message>
        <source>&apos;{query}&apos; gives {percent} of its attention to &apos;{key}&apos;: rank {rank} of {n} keys.</source>
        <translation>“{query}”把 {percent} 的注意力给了“{key}”：在 {n} 个键中列第 {rank}。</translation>
    </message>
    <message>
        <source>+ position bias</source>
        <translation>+ 位置偏置</translation>
    </message>
    <message>
        <source>A constant of the model, mostly one over the root of the dimensions</source>
        <translation>模型的常数，多为维数平方根的倒数</translation>
    </message>
    <message>
        <source>A key that is not seen contributes nothing.</source>
        <translation>看不到的键没有任何贡献。</translation>
    </message>
    <message>
        <source>A score of minus infinity gives a weight of 0</source>
        <translation>分数为负无穷时权重为 0</translation>
    </message>
    <message>
        <source>Keeps scores between minus and plus this number</source>
        <translation>把分数限制在此数的正负之间</translation>
    </message>
    <message>
        <source>Length of the key&apos;s value vector: what there is to be taken over</source>
        <translation>键的值向量的长度：可供取用的内容</translation>
    </message>
    <message>
        <source>Length of weight × v after the layer&apos;s output projection: what the head adds to the residual stream for this pair</source>
        <translation>权重 × v 经该层输出投影后的长度：这一对使头向残差流写入的内容</translation>
    </message>
    <message>
        <source>Lengths compared. Contributions of several keys can cancel one another, so that one of them may be longer than the whole</source>
        <translation>比较的是长度。多个键的贡献可能相互抵消，因此其中之一可以比整体还长</translation>
    </message>
    <message>
        <source>Log of the sum of the exponentials of all scores in this row: with it the weights sum to 1</source>
        <translation>此行所有分数的指数之和的对数：用它可使权重之和为 1</translation>
    </message>
    <message>
        <source>Measured: the model runs the query token again with this one contribution left out and everything else as it was. Attention alone is no explanation: other heads and layers can carry the same.</source>
        <translation>实测：去掉这一项贡献，其余保持原样，让模型重新计算该查询词元。仅凭注意力不足以解释：其他头和层也可能携带同样的信息。</translation>
    </message>
    <message>
        <source>Positive where the pair makes the candidate likelier</source>
        <translation>为正表示这一对使该候选更有可能</translation>
    </message>
    <message>
        <source>Query and key vector as the attention is called with them: after rotary embedding and any normalisation</source>
        <translation>注意力实际使用的查询与键向量：已经过旋转位置编码及归一化（若有）</translation>
    </message>
    <message>
        <source>Share of the query&apos;s attention, from 0 to 1</source>
        <translation>在查询的注意力中所占比例，0 到 1</translation>
    </message>
    <message>
        <source>The contributions of all keys add up to what the head gives; they differ by at most {error} of its largest number.</source>
        <translation>所有键的贡献之和即为头的输出；两者相差至多为其最大数值的 {error}。</translation>
    </message>
    <message>
        <source>The key comes after the query, which can look only at itself and at what is before it: the weight is 0.</source>
        <translation>键在查询之后，而查询只能看自身及之前的内容：权重为 0。</translation>
    </message>
    <message>
        <source>The key is out of the query&apos;s window of {window:,} tokens: the weight is 0.</source>
        <translation>键超出查询的 {window:,} 个词元的窗口：权重为 0。</translation>
    </message>
    <message>
        <source>The model&apos;s raw score of the chosen candidate, else of the likeliest</source>
        <translation>模型给所选候选的原始分数；未选时为最可能的候选</translation>
    </message>
    <message>
        <source>The same, summed over all keys of the row</source>
        <translation>同上，对该行所有键求和</translation>
    </message>
    <message>
        <source>The {n:,} weights of the row sum to {total}, the sink takes the other {sink}.</source>
        <translation>该行 {n:,} 个权重之和为 {total}，其余 {sink} 归汇聚项。</translation>
    </message>
    <message>
        <source>The {n:,} weights of the row sum to {total}.</source>
        <translation>该行 {n:,} 个权重之和为 {total}。</translation>
    </message>
    <message>
        <source>The {n} products sum to {total}; × {factor} that is the score.</source>
        <translation>{n} 个乘积之和为 {total}；× {factor} 即为分数。</translation>
    </message>
    <message>
        <source>This does not move the logit of &apos;{candidate}&apos;.</source>
        <translation>这不改变“{candidate}”的 logit。</translation>
    </message>
    <message>
        <source>This lowers the logit of &apos;{candidate}&apos; by {amount}.</source>
        <translation>这使“{candidate}”的 logit 降低 {amount}。</translation>
    </message>
    <message>
        <source>This raises the logit of &apos;{candidate}&apos; by {amount}.</source>
        <translation>这使“{candidate}”的 logit 升高 {amount}。</translation>
    </message>
    <message>
        <source>dimension {d}: q {q} × k {k} = {product}</source>
        <translation>维度 {d}：q {q} × k {k} = {product}</translation>
    </message>
    <message>
        <source>logit of &apos;{candidate}&apos; after the query</source>
        <translation>查询之后“{candidate}”的 logit</translation>
    </message>
    <message>
        <source>mask: this key cannot be seen</source>
        <translation>掩码：看不到此键</translation>
    </message>
    <message>
        <source>q·k = sum of {n} products</source>
        <translation>q·k = {n} 个乘积之和</translation>
    </message>
    <message>
        <source>score = q·k × scaling {factor}</source>
        <translation>分数 = q·k × 缩放 {factor}</translation>
    </message>
    <message>
        <source>score with its bias</source>
        <translation>加偏置后的分数</translation>
    </message>
    <message>
        <source>softcap: {cap} tanh(score ⁄ {cap})</source>
        <translation>软上限：{cap} tanh(分数 ⁄ {cap})</translation>
    </message>
    <message>
        <source>the whole head</source>
        <translation>整个头</translation>
    </message>
    <message>
        <source>this pair moves it by</source>
        <translation>这一对的影响</translation>
    </message>
    <message>
        <source>this pair ⁄ head</source>
        <translation>这一对 ⁄ 整个头</translation>
    </message>
    <message>
        <source>weight = exp({exponent})</source>
        <translation>权重 = exp({exponent})</translation>
    </message>
    <message>
        <source>without this one contribution</source>
        <translation>去掉这一项贡献</translation>
    </message>
    <message>
        <source>{head}: query {query} → key {key}</source>
        <translation>{head}：查询 {query} → 键 {key}</translation>
    </message>
    <message>
        <source>|v| of the key</source>
        <translation>键的 |v|</translation>
    </message>
    <message>
        <source>|weight × v| projected</source>
        <translation>|权重 × v| 投影后</translation>
    </message>
    <message>
        <source>− normaliser of {n:,} keys</source>
        <translation>− {n:,} 个键的归一化项</translation>
    </message>
    <message>
        <source>− normaliser of {n:,} keys and the sink</source>
        <translation>− {n:,} 个键与汇聚项的归一化项</translation>
    </message>
</context>
<context>
    <name>PairPanel</name>
    <message>
        <source>All parts (JSON)…</source>
        <translation>所有组成 (JSON)…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close the inspector (Esc); a click on a cell then marks it, Enter opens it</source>
        <translation>关闭查看器 (Esc)；此后单击单元格只作标记，按回车键打开</translation>
    </message>
    <message>
        <source>Copy as table</source>
        <translation>复制为表格</translation>
    </message>
    <message>
        <source>Copy these numbers, or save them with all parts</source>
        <translation>复制这些数值，或连同所有组成一起保存</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Picture (PNG, SVG, PDF)…</source>
        <translation>图片（PNG、SVG、PDF）…</translation>
    </message>
    <message>
        <source>Products by dimension (CSV)…</source>
        <translation>逐维乘积 (CSV)…</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>分数</translation>
    </message>
    <message>
        <source>Token pair</source>
        <translation>词元对</translation>
    </message>
    <message>
        <source>Weight: softmax among the keys</source>
        <translation>权重：对各键做 softmax</translation>
    </message>
    <message>
        <source>What it changes</source>
        <translation>带来的改变</translation>
    </message>
    <message>
        <source>What the head writes</source>
        <translation>头写入的内容</translation>
    </message>
    <message>
        <source>q·k by dimension</source>
        <translation>逐维的 q·k</translation>
    </message>
    <message>
        <source>{head}: query {query} → key {key}</source>
        <translation>{head}：查询 {query} → 键 {key}</translation>
    </message>
</context>
<context>
    <name>PaletteCommands</name>
    <message>
        <source>All heads show</source>
        <translation>全部注意力头显示</translation>
    </message>
    <message>
        <source>Find heads</source>
        <translation>查找头</translation>
    </message>
    <message>
        <source>Head {name}</source>
        <translation>头 {name}</translation>
    </message>
    <message>
        <source>Show this head</source>
        <translation>显示这个头</translation>
    </message>
</context>
<context>
    <name>ParameterSlider</name>
    <message>
        <source>Double-click the name or the slider to put {value} back.</source>
        <translation>双击名称或滑块可恢复为 {value}。</translation>
    </message>
</context>
<context>
    <name>PinnedBars</name>
    <message>
        <source>Follow it no longer (Del)</source>
        <translation>不再跟踪 (Del)</translation>
    </message>
    <message>
        <source>Followed tokens and words</source>
        <translation>跟踪的词元与词</translation>
    </message>
    <message>
        <source>{n} rows; Delete removes the current one.</source>
        <translation>{n} 行；按 Delete 删除当前行。</translation>
    </message>
    <message>
        <source>{text}, {percent}.</source>
        <translation>{text}，{percent}。</translation>
    </message>
</context>
<context>
    <name>PinnedHeads</name>
    <message>
        <source>Pinned heads</source>
        <translation>固定的头</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>已隐藏</translation>
    </message>
    <message>
        <source>{head}: click to choose it</source>
        <translation>{head}：单击选用</translation>
    </message>
    <message>
        <source>{head}: pin it no more (Del)</source>
        <translation>{head}：不再固定（Del）</translation>
    </message>
</context>
<context>
    <name>PinsForm</name>
    <message>
        <source>1 head</source>
        <translation>1 个头</translation>
    </message>
    <message>
        <source>Show the mean over the pinned heads as map, arcs and text</source>
        <translation>以热图、弧线和文本显示固定的头的平均</translation>
    </message>
    <message>
        <source>mean of these</source>
        <translation>取其平均</translation>
    </message>
    <message>
        <source>{n} heads</source>
        <translation>{n} 个头</translation>
    </message>
</context>
<context>
    <name>PipelineCommands</name>
    <message>
        <source>Open pipeline</source>
        <translation>打开采样流程</translation>
    </message>
    <message>
        <source>Save pipeline</source>
        <translation>保存采样流程</translation>
    </message>
</context>
<context>
    <name>PipelinePanel</name>
    <message>
        <source>Draw {n:,}</source>
        <translation>抽取 {n:,} 次</translation>
    </message>
    <message>
        <source>Draw {n:,} tokens with the seed on show: a ring on each bar of the next token marks how often it came up.</source>
        <translation>用所示种子抽取 {n:,} 个词元：下一个词元的各柱条上以圆环标出其出现的频率。</translation>
    </message>
    <message>
        <source>Every stage on, in llama.cpp&apos;s order, with the temperature last</source>
        <translation>启用所有阶段，按 llama.cpp 的顺序，温度在最后</translation>
    </message>
    <message>
        <source>Every stage on, in the order in which transformers lets them act</source>
        <translation>启用所有阶段，按 transformers 的作用顺序</translation>
    </message>
    <message>
        <source>Every value neutral, no biases and bans, in the order of transformers</source>
        <translation>所有数值为中性，无偏置与禁用，按 transformers 的顺序</translation>
    </message>
    <message>
        <source>Export stages as CSV…</source>
        <translation>把各阶段导出为 CSV…</translation>
    </message>
    <message>
        <source>Export stages as JSON…</source>
        <translation>把各阶段导出为 JSON…</translation>
    </message>
    <message>
        <source>Export stages as NumPy arrays…</source>
        <translation>将各环节导出为 NumPy 数组…</translation>
    </message>
    <message>
        <source>Export stages as PDF…</source>
        <translation>把各阶段导出为 PDF…</translation>
    </message>
    <message>
        <source>Export stages as SVG…</source>
        <translation>把各阶段导出为 SVG…</translation>
    </message>
    <message>
        <source>Export stages as picture…</source>
        <translation>把各阶段导出为图片…</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Keep the stages in a file, or write down what they did</source>
        <translation>把各阶段保存到文件，或记下它们的作用</translation>
    </message>
    <message>
        <source>Only temperature, top-k and top-p</source>
        <translation>仅温度、top-k 与 top-p</translation>
    </message>
    <message>
        <source>Open pipeline…</source>
        <translation>打开采样流程…</translation>
    </message>
    <message>
        <source>Order of llama.cpp</source>
        <translation>llama.cpp 的顺序</translation>
    </message>
    <message>
        <source>Order of transformers</source>
        <translation>transformers 的顺序</translation>
    </message>
    <message>
        <source>Orders and choices of stages to begin with</source>
        <translation>可供入手的阶段顺序与取舍</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>采样器</translation>
    </message>
    <message>
        <source>Save pipeline…</source>
        <translation>保存采样流程…</translation>
    </message>
    <message>
        <source>The tutorial&apos;s</source>
        <translation>教程的设置</translation>
    </message>
    <message>
        <source>after {token} (position {position}) · {kept:,} of {size:,} tokens left · choices {before} → {after}</source>
        <translation>在 {token} 之后（位置 {position}）· 剩余 {kept:,} / {size:,} 个词元 · 选择数 {before} → {after}</translation>
    </message>
    <message>
        <source>{n:,} different tokens came up.</source>
        <translation>共出现 {n:,} 种不同的词元。</translation>
    </message>
    <message>
        <source>{n:,} draws, seed {seed}</source>
        <translation>{n:,} 次抽取，种子 {seed}</translation>
    </message>
</context>
<context>
    <name>PositionScrubber</name>
    <message>
        <source>The token after which is predicted, counted from 0; left and right keys go through the text. At an earlier token, ▸ marks the one that really came next.</source>
        <translation>在其后作预测的词元，从 0 数起；左右方向键可在文中移动。位于较早的词元时，▸ 标出文中实际的下一个。</translation>
    </message>
    <message>
        <source>Token after which is predicted</source>
        <translation>在其后作预测的词元</translation>
    </message>
</context>
<context>
    <name>PowerPane</name>
    <message>
        <source>5 words of the tutorial</source>
        <translation>教程的 5 个词</translation>
    </message>
    <message>
        <source>50,257 tokens of GPT-2</source>
        <translation>GPT-2 的 50,257 个词元</translation>
    </message>
    <message>
        <source>= a number of {n} digits</source>
        <translation>= 一个 {n} 位数</translation>
    </message>
    <message>
        <source>= {number}, a number of {n} digits</source>
        <translation>= {number}，{n} 位数</translation>
    </message>
    <message>
        <source>All digits</source>
        <translation>全部数字</translation>
    </message>
    <message>
        <source>Different tokens, V</source>
        <translation>不同的词元 V</translation>
    </message>
    <message>
        <source>Every digit of this number</source>
        <translation>这个数的每一位</translation>
    </message>
    <message>
        <source>Rows possible</source>
        <translation>可能的行数</translation>
    </message>
    <message>
        <source>Rows possible, 10 to the k</source>
        <translation>可能的行数：10 的 k 次方</translation>
    </message>
    <message>
        <source>Tokens of context, n</source>
        <translation>上文词元数 n</translation>
    </message>
    <message>
        <source>V, how many different tokens there are</source>
        <translation>V：有多少个不同的词元</translation>
    </message>
    <message>
        <source>Write it out</source>
        <translation>写出来</translation>
    </message>
    <message>
        <source>n, how many tokens of context there are</source>
        <translation>n：上文有多少个词元</translation>
    </message>
    <message>
        <source>to the power of</source>
        <translation>的幂，指数</translation>
    </message>
    <message>
        <source>tokens of context, n</source>
        <translation>上文词元数 n</translation>
    </message>
    <message>
        <source>{n} of this text</source>
        <translation>此文本的 {n} 个</translation>
    </message>
</context>
<context>
    <name>PredictionPanel</name>
    <message>
        <source>How many candidates are listed, from 5 to 500; at its lower end as many as there is room for</source>
        <translation>列出多少个候选，5 到 500；调到最低时，有多少空间就列多少</translation>
    </message>
    <message>
        <source>Next token</source>
        <translation>下一个词元</translation>
    </message>
    <message>
        <source>Next-token probabilities</source>
        <translation>下一个词元的概率</translation>
    </message>
    <message>
        <source>Number of candidates</source>
        <translation>候选数</translation>
    </message>
    <message>
        <source>V {size:,}</source>
        <translation>V {size:,}</translation>
    </message>
    <message>
        <source>after {token}</source>
        <translation>在 {token} 之后</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>entropy {bits:.2f} bits: as among {n} equally likely tokens</source>
        <translation>熵 {bits:.2f} 比特：相当于 {n} 个等可能的词元</translation>
    </message>
    <message>
        <source>{facts}

Entropy is how undecided the model is over its whole vocabulary, before sampling parameters: 0 bits when it is certain, 1 bit for a toss of a coin. Two to the power of it is the perplexity, also called the effective number of choices: as many equally likely tokens would be as hard to guess.
V is the number of tokens in the vocabulary. Kept are the tokens that the sampling parameters leave to be drawn.</source>
        <translation>{facts}

熵表示应用采样参数之前模型在整个词表上有多犹豫：完全确定时为 0 比特，如同抛硬币时为 1 比特。2 的熵次方即困惑度，也称有效选择数：从同样多的等可能词元中猜中的难度与此相同。
V 是词表中的词元数。“保留”指采样参数之后仍可被抽中的词元。</translation>
    </message>
    <message>
        <source>{n:,} kept</source>
        <translation>保留 {n:,} 个</translation>
    </message>
    <message>
        <source>╎ before the edit</source>
        <translation>╎ 编辑之前</translation>
    </message>
</context>
<context>
    <name>Preview</name>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
</context>
<context>
    <name>PromptEditor</name>
    <message>
        <source>Lighter ink: written by the model.</source>
        <translation>较浅的字：由模型写出。</translation>
    </message>
</context>
<context>
    <name>PromptPanel</name>
    <message>
        <source>A line has more than {n:,} characters: lines are not wrapped.</source>
        <translation>有一行超过 {n:,} 个字符：不再自动换行。</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>One character is no valid text; � stands for it.</source>
        <translation>有一个字符不是有效文本，以 � 代替。</translation>
    </message>
    <message>
        <source>Open a text file</source>
        <translation>打开文本文件</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Read the prompt from a text file</source>
        <translation>从文本文件读入提示词</translation>
    </message>
    <message>
        <source>Take the text for a message, from which the model&apos;s template makes the prompt</source>
        <translation>把文本当作消息，由模型的模板生成提示词</translation>
    </message>
    <message>
        <source>Type or paste text, or drop a text file here. Tab moves on, Ctrl+Tab types a tab.</source>
        <translation>在此输入或粘贴文本，或拖入文本文件。Tab 移到下一个控件，Ctrl+Tab 输入制表符。</translation>
    </message>
    <message>
        <source>Windows line ends in the pasted text became plain ones.</source>
        <translation>粘贴文本中的 Windows 换行符已改为普通换行符。</translation>
    </message>
    <message>
        <source>{n:,} characters are no valid text; � stands for each.</source>
        <translation>有 {n:,} 个字符不是有效文本，均以 � 代替。</translation>
    </message>
</context>
<context>
    <name>QuestionPane</name>
    <message>
        <source>Answer first, then check.</source>
        <translation>请先作答，再检查。</translation>
    </message>
    <message>
        <source>Bring the answer into sight in the experiment</source>
        <translation>在实验里把答案显示出来</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Compare your answer with what the lesson computes</source>
        <translation>把你的答案与本课算出的结果比较</translation>
    </message>
    <message>
        <source>Question {number}</source>
        <translation>第 {number} 题</translation>
    </message>
    <message>
        <source>Show me</source>
        <translation>给我看</translation>
    </message>
    <message>
        <source>The experiment has no answer yet: run it first.</source>
        <translation>实验还没有结果：请先运行。</translation>
    </message>
    <message>
        <source>This is the answer.</source>
        <translation>这就是答案。</translation>
    </message>
    <message>
        <source>Your answer</source>
        <translation>你的答案</translation>
    </message>
    <message>
        <source>✓ Answered right.</source>
        <translation>✓ 已答对。</translation>
    </message>
    <message>
        <source>✓ Right.</source>
        <translation>✓ 正确。</translation>
    </message>
    <message>
        <source>✗ Not so.</source>
        <translation>✗ 不对。</translation>
    </message>
    <message>
        <source>✗ “{given}” cannot be read as a number. Write 0.667, 2/3, 66.7 % or 19.9 million.</source>
        <translation>✗ “{given}”不是能识别的数字。请写成 0.667、2/3、66.7 % 或 1993.9 万。</translation>
    </message>
</context>
<context>
    <name>RotaryPane</name>
    <message>
        <source>Channels of a head, d</source>
        <translation>一个头的通道数 d</translation>
    </message>
    <message>
        <source>For comparison:</source>
        <translation>用来对比：</translation>
    </message>
    <message>
        <source>No model has been asked yet: this is the formula alone.</source>
        <translation>还没有问过模型：这里只有公式。</translation>
    </message>
    <message>
        <source>Pair {i} turns by {angle} radians a token: once around in {n} tokens.</source>
        <translation>第 {i} 对每个词元转 {angle} 弧度：{n} 个词元转一圈。</translation>
    </message>
    <message>
        <source>Rotary embedding</source>
        <translation>旋转位置编码</translation>
    </message>
    <message>
        <source>Rotary: score of two equal vectors</source>
        <translation>旋转：两个相同向量的分数</translation>
    </message>
    <message>
        <source>Rotary: turn from one token to the next</source>
        <translation>旋转：相邻词元之间转过的角度</translation>
    </message>
    <message>
        <source>The number whose powers the turns are</source>
        <translation>转角就是它的各次幂</translation>
    </message>
    <message>
        <source>base</source>
        <translation>底数</translation>
    </message>
    <message>
        <source>d {d}, base {base}</source>
        <translation>d {d}，底数 {base}</translation>
    </message>
    <message>
        <source>distance in tokens</source>
        <translation>相隔的词元数</translation>
    </message>
    <message>
        <source>pair of channels</source>
        <translation>通道对</translation>
    </message>
    <message>
        <source>radians a token</source>
        <translation>每个词元的弧度</translation>
    </message>
    <message>
        <source>score, 1 at the same place</source>
        <translation>分数，同一位置为 1</translation>
    </message>
    <message>
        <source>width d</source>
        <translation>宽度 d</translation>
    </message>
    <message>
        <source>{model} has no rotary embedding: this is the formula alone.</source>
        <translation>{model} 没有旋转位置编码：这里只有公式。</translation>
    </message>
    <message>
        <source>{model} turns {n} pairs of channels of every head; base {base}.</source>
        <translation>{model} 转动每个头的 {n} 对通道；底数 {base}。</translation>
    </message>
</context>
<context>
    <name>RowCompetitors</name>
    <message>
        <source>Keys that share the attention of the query</source>
        <translation>分享该查询注意力的键</translation>
    </message>
    <message>
        <source>key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>key {name}, weight {weight}, rank {rank} of {n}</source>
        <translation>键 {name}，权重 {weight}，在 {n} 个中列第 {rank}</translation>
    </message>
    <message>
        <source>rank</source>
        <translation>名次</translation>
    </message>
    <message>
        <source>score</source>
        <translation>分数</translation>
    </message>
    <message>
        <source>sink, no token</source>
        <translation>汇聚项，不是词元</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>{n:,} others</source>
        <translation>其余 {n:,} 个</translation>
    </message>
    <message>
        <source>{rank} of {n}</source>
        <translation>{rank} / {n}</translation>
    </message>
</context>
<context>
    <name>SamplePane</name>
    <message>
        <source>Beginning of the samples</source>
        <translation>样本的开头</translation>
    </message>
    <message>
        <source>Once it runs, the model writes here now and then, the newest on top.</source>
        <translation>训练开始后，模型会不时在这里写点东西，最新的在最上面。</translation>
    </message>
    <message>
        <source>Samples begin with this; press Enter. The same dice are thrown each time.</source>
        <translation>样本以此开头；按回车生效。每次都用同一组随机数。</translation>
    </message>
    <message>
        <source>What it writes</source>
        <translation>它写的文本</translation>
    </message>
    <message>
        <source>What the model writes</source>
        <translation>模型写的文本</translation>
    </message>
    <message>
        <source>after</source>
        <translation>接在后面：</translation>
    </message>
    <message>
        <source>step {n:,}</source>
        <translation>第 {n:,} 步</translation>
    </message>
    <message>
        <source>the beginning of the text</source>
        <translation>文本的开头</translation>
    </message>
</context>
<context>
    <name>SamplingPanel</name>
    <message>
        <source>Another seed</source>
        <translation>换一个种子</translation>
    </message>
    <message>
        <source>Divides the logits: below 1 favours likely tokens, above 1 evens them out, 0 always takes the likeliest.</source>
        <translation>除以 logit 的数：小于 1 偏向可能性大的词元，大于 1 使各词元更平均，0 总是取最可能的。</translation>
    </message>
    <message>
        <source>Keeps only the k likeliest tokens.</source>
        <translation>只保留最可能的 k 个词元。</translation>
    </message>
    <message>
        <source>Keeps the fewest tokens whose probabilities add up to p.</source>
        <translation>只保留概率之和达到 p 的最少词元。</translation>
    </message>
    <message>
        <source>Keeps tokens that are at least this share as likely as the likeliest one.</source>
        <translation>只保留概率不低于最大概率乘以此比例的词元。</translation>
    </message>
    <message>
        <source>Repetition penalty: above 1 makes tokens that are already in the text less likely, below 1 more likely.</source>
        <translation>重复惩罚：大于 1 使文中已有的词元更不易出现，小于 1 则更易出现。</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Sampling and generation</source>
        <translation>采样与生成</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Show or hide the sliders of the sampling parameters</source>
        <translation>显示或收起采样参数的滑块</translation>
    </message>
    <message>
        <source>Sliders of the sampling parameters</source>
        <translation>采样参数的滑块</translation>
    </message>
    <message>
        <source>Switch every sampling parameter off</source>
        <translation>关闭所有采样参数</translation>
    </message>
    <message>
        <source>The same seed, parameters and prompt give the same tokens again.</source>
        <translation>相同的种子、参数和提示词会再次得到相同的词元。</translation>
    </message>
    <message>
        <source>Throw dice for another seed</source>
        <translation>随机换一个种子</translation>
    </message>
    <message>
        <source>greedy</source>
        <translation>贪心</translation>
    </message>
    <message>
        <source>min-p</source>
        <translation>min-p</translation>
    </message>
    <message>
        <source>no sampling parameter is on</source>
        <translation>未启用任何采样参数</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>repetition</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>top-k</source>
        <translation>top-k</translation>
    </message>
    <message>
        <source>top-p</source>
        <translation>top-p</translation>
    </message>
</context>
<context>
    <name>ScriptCode</name>
    <message>
        <source>The tutorial&apos;s script</source>
        <translation>教程的脚本</translation>
    </message>
</context>
<context>
    <name>ScriptPane</name>
    <message>
        <source>Another batch in each epoch</source>
        <translation>每轮换一批</translation>
    </message>
    <message>
        <source>As the tutorial prints it; each line lights up as it runs.</source>
        <translation>与教程印的一致；执行到哪一行，哪一行就亮起来。</translation>
    </message>
    <message>
        <source>Change one thing, and compare</source>
        <translation>改一处，再比较</translation>
    </message>
    <message>
        <source>Change this in the script, and run it</source>
        <translation>在脚本里改这一处，并运行</translation>
    </message>
    <message>
        <source>Done: a model of {n:,} parameters.</source>
        <translation>完成：模型有 {n:,} 个参数。</translation>
    </message>
    <message>
        <source>Epoch {n} of {total}.</source>
        <translation>第 {n} 轮，共 {total} 轮。</translation>
    </message>
    <message>
        <source>How often the loop runs; the script says 10</source>
        <translation>循环运行几次；脚本里是 10</translation>
    </message>
    <message>
        <source>It prints</source>
        <translation>打印结果</translation>
    </message>
    <message>
        <source>Its characters are the tokens; press Enter to run with it</source>
        <translation>每个字符是一个词元；按回车键用它运行</translation>
    </message>
    <message>
        <source>Its characters take the place of the random numbers:</source>
        <translation>用它的字符代替随机数：</translation>
    </message>
    <message>
        <source>Loss of each epoch</source>
        <translation>每轮的损失</translation>
    </message>
    <message>
        <source>My own text</source>
        <translation>我自己的文本</translation>
    </message>
    <message>
        <source>Of the first weights, the batch and the dropout</source>
        <translation>决定初始权重、批次和随机失活</translation>
    </message>
    <message>
        <source>On another batch, saying the same token costs the model {same:.2f} nats, saying the next one {next:.2f}; guessing among {n:,} costs {guess:.2f}.</source>
        <translation>换另一批，说出同一个词元要付 {same:.2f} 奈特，说出下一个词元要付 {next:.2f} 奈特；在 {n:,} 个里瞎猜要付 {guess:.2f} 奈特。</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Run the script from its first line to its last</source>
        <translation>从第一行到最后一行运行脚本</translation>
    </message>
    <message>
        <source>Shift the target by one</source>
        <translation>目标错开一位</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>The cat sat on the mat. The dog sat on the log.</source>
        <translation>猫坐在垫子上。狗坐在木头上。猫看着狗，狗看着猫。</translation>
    </message>
    <message>
        <source>The output is compared with the token that comes next, not with the same one.</source>
        <translation>输出和下一个词元比，而不是和同一个词元比。</translation>
    </message>
    <message>
        <source>The shape of the output, and a loss an epoch.</source>
        <translation>输出的形状，以及每轮的损失。</translation>
    </message>
    <message>
        <source>What the script prints</source>
        <translation>脚本打印的内容</translation>
    </message>
    <message>
        <source>What was learned of one batch has to serve for the next, of other tokens.</source>
        <translation>从一批里学到的，要用在下一批的另一些词元上。</translation>
    </message>
    <message>
        <source>as printed</source>
        <translation>照原样</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>改动后</translation>
    </message>
    <message>
        <source>epoch</source>
        <translation>轮</translation>
    </message>
    <message>
        <source>epochs</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>guessing</source>
        <translation>瞎猜</translation>
    </message>
    <message>
        <source>loss (nats)</source>
        <translation>损失（奈特）</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>种子</translation>
    </message>
</context>
<context>
    <name>SearchPage</name>
    <message>
        <source>Bytes, such as E4 BD</source>
        <translation>字节，例如 E4 BD</translation>
    </message>
    <message>
        <source>No token contains this.</source>
        <translation>没有词元包含它。</translation>
    </message>
    <message>
        <source>Search for text or bytes</source>
        <translation>按文本或字节搜索</translation>
    </message>
    <message>
        <source>Text in a token, spaces count</source>
        <translation>词元中的文本，空格也算</translation>
    </message>
    <message>
        <source>The closest {n} tokens.</source>
        <translation>最接近的 {n} 个词元。</translation>
    </message>
    <message>
        <source>Tokens found</source>
        <translation>找到的词元</translation>
    </message>
    <message>
        <source>What to search for</source>
        <translation>搜索方式</translation>
    </message>
    <message>
        <source>bytes, hex</source>
        <translation>字节，十六进制</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>{n} tokens contain this.</source>
        <translation>{n} 个词元包含它。</translation>
    </message>
</context>
<context>
    <name>SentencePane</name>
    <message>
        <source>A sentence ends with its line, or with . ! ? 。 ！ ？
Words are what stands between spaces; punctuation around them is left out</source>
        <translation>一行结束，或遇到 . ! ? 。 ！ ？，句子就结束
空格之间的是词，词两边的标点略去</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Sentences</source>
        <translation>句子</translation>
    </message>
    <message>
        <source>Stop reading; the table stays as it is</source>
        <translation>停止读取，表格保持原样</translation>
    </message>
</context>
<context>
    <name>ShadingLegend</name>
    <message>
        <source>A stronger tint is a bigger surprise: -log2 of the token&apos;s probability after those before it, in bits. No tint: expected, or not known.</source>
        <translation>颜色越深，意外度越大：词元在前文之后出现的概率的 -log2，以比特计。无色：在意料之中，或未知。</translation>
    </message>
    <message>
        <source>Legend of the tints</source>
        <translation>着色图例</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>比特</translation>
    </message>
    <message>
        <source>surprise</source>
        <translation>意外度</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Commands, by menu</source>
        <translation>命令（按菜单）</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>作用</translation>
    </message>
    <message>
        <source>Keyboard and mouse</source>
        <translation>键盘和鼠标</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Keys and gestures</source>
        <translation>按键和手势</translation>
    </message>
    <message>
        <source>Keys, by panel</source>
        <translation>按键（按面板）</translation>
    </message>
    <message>
        <source>Mouse, by panel</source>
        <translation>鼠标（按面板）</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search in keys and gestures</source>
        <translation>搜索按键和手势</translation>
    </message>
</context>
<context>
    <name>SinusoidPane</name>
    <message>
        <source>Channels of the model, d, at most 512</source>
        <translation>模型的通道数 d，最多 512</translation>
    </message>
    <message>
        <source>Dot product by distance</source>
        <translation>点积与距离</translation>
    </message>
    <message>
        <source>How many positions, at most 512</source>
        <translation>有多少个位置，最多 512 个</translation>
    </message>
    <message>
        <source>How the cell is computed</source>
        <translation>这一格怎样算出来</translation>
    </message>
    <message>
        <source>Length T</source>
        <translation>长度 T</translation>
    </message>
    <message>
        <source>One position with every other</source>
        <translation>一个位置与其余各个位置</translation>
    </message>
    <message>
        <source>PE: a row a position, a column a channel</source>
        <translation>PE：每行一个位置，每列一个通道</translation>
    </message>
    <message>
        <source>Width d</source>
        <translation>宽度 d</translation>
    </message>
    <message>
        <source>channel</source>
        <translation>通道</translation>
    </message>
    <message>
        <source>distance of two positions</source>
        <translation>两个位置的距离</translation>
    </message>
    <message>
        <source>largest</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>mean over all pairs</source>
        <translation>所有位置对的平均</translation>
    </message>
    <message>
        <source>other position</source>
        <translation>另一个位置</translation>
    </message>
    <message>
        <source>position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>smallest</source>
        <translation>最小</translation>
    </message>
</context>
<context>
    <name>StageCard</name>
    <message>
        <source>Drag to another place, or press Alt+Left or Alt+Right</source>
        <translation>拖到其他位置，或按 Alt+左/右方向键</translation>
    </message>
    <message>
        <source>Order matters here</source>
        <translation>此处顺序有影响</translation>
    </message>
    <message>
        <source>Order matters here: before the stage to its left, this one would give another distribution.</source>
        <translation>此处顺序有影响：若排在其左边的阶段之前，此阶段会得到不同的分布。</translation>
    </message>
    <message>
        <source>Removed: tokens that this stage took out, and their share of what there was before it. Left: tokens that can still be drawn, and their share of the distribution before any stage. Choices: as many equally likely tokens would be as hard to guess as what is drawn after this stage.</source>
        <translation>排除：此阶段去掉的词元，及其在此阶段之前所占的比例。剩余：仍可被抽中的词元，及其在各阶段之前的分布中所占的比例。选择数：从同样多的等可能词元中猜中的难度，与猜中此阶段之后所抽词元的难度相同。</translation>
    </message>
    <message>
        <source>all but the likeliest</source>
        <translation>除最可能者之外的全部</translation>
    </message>
    <message>
        <source>none (neutral)</source>
        <translation>无（中性）</translation>
    </message>
    <message>
        <source>none (off)</source>
        <translation>无（已关闭）</translation>
    </message>
    <message>
        <source>⇄ order</source>
        <translation>⇄ 顺序</translation>
    </message>
</context>
<context>
    <name>StageFacts</name>
    <message>
        <source>choices</source>
        <translation>选择数</translation>
    </message>
    <message>
        <source>left</source>
        <translation>剩余</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>已排除</translation>
    </message>
</context>
<context>
    <name>StageRow</name>
    <message>
        <source>Stages of the sampler</source>
        <translation>采样器的各阶段</translation>
    </message>
</context>
<context>
    <name>Stages</name>
    <message>
        <source>Adds to the logits of some tokens, and bans others.</source>
        <translation>给某些词元的 logit 加上偏置，并禁用另一些词元。</translation>
    </message>
    <message>
        <source>Frequency penalty: taken off a token&apos;s logit for each time it is already in the text.</source>
        <translation>频率惩罚：词元在文中每出现一次，就从其 logit 中减去此值一次。</translation>
    </message>
    <message>
        <source>Presence penalty: taken off the logit of every token that is already in the text, once.</source>
        <translation>存在惩罚：凡文中已有的词元，从其 logit 中减去此值，只减一次。</translation>
    </message>
    <message>
        <source>Typical sampling: keeps the tokens whose surprise is nearest to the entropy, until their probabilities add up to p.</source>
        <translation>典型采样：保留意外度最接近熵的词元，直到其概率之和达到 p。</translation>
    </message>
    <message>
        <source>bias and bans</source>
        <translation>偏置与禁用</translation>
    </message>
    <message>
        <source>frequency</source>
        <translation>频率惩罚</translation>
    </message>
    <message>
        <source>presence</source>
        <translation>存在惩罚</translation>
    </message>
    <message>
        <source>typical-p</source>
        <translation>typical-p</translation>
    </message>
</context>
<context>
    <name>StationView</name>
    <message>
        <source>A text of {n} characters. The model cannot read it: it computes with numbers only.</source>
        <translation>一段 {n} 个字符的文本。模型不会读它：模型只会算数。</translation>
    </message>
    <message>
        <source>Each id picks a row of a learned table, {width} numbers for each token; some models add a vector for its place. The first {shown} of them:</source>
        <translation>每个 id 从学出来的表里取一行，每个词元 {width} 个数；有的模型还要加上位置的向量。前 {shown} 个是：</translation>
    </message>
    <message>
        <source>In each block, attention lets a token gather from those before it. Here head {head} of layer {layer}: the last token takes {weight} of what it gets from “{token}”.</source>
        <translation>在每个块里，注意力让词元从前面的词元那里取东西。这里是第 {layer} 层第 {head} 个头：最后一个词元取来的东西里，{weight} 来自“{token}”。</translation>
    </message>
    <message>
        <source>The last token’s vector, block by block</source>
        <translation>最后一个词元的向量，逐块看</translation>
    </message>
    <message>
        <source>The model reads the text …</source>
        <translation>模型正在读这段文本……</translation>
    </message>
    <message>
        <source>The numbers</source>
        <translation>各个数</translation>
    </message>
    <message>
        <source>The tokenizer cuts it into {n} tokens, and each is a number: its place in the vocabulary. This is all that the model gets.</source>
        <translation>分词器把它切成 {n} 个词元，每个词元是一个数：它在词表里的位置。模型得到的只有这些。</translation>
    </message>
    <message>
        <source>The vector that leaves the last block, normalised where the model does so, is multiplied with a row for every token of the vocabulary: {n} scores, the logits. The largest:</source>
        <translation>离开最后一块的向量（有的模型再归一化一次）与词表里每个词元的一行相乘：得到 {n} 个分数，即 logits。最大的几个：</translation>
    </message>
    <message>
        <source>blocks passed</source>
        <translation>走过的块</translation>
    </message>
    <message>
        <source>cosine similarity</source>
        <translation>余弦相似度</translation>
    </message>
    <message>
        <source>cosine with the end</source>
        <translation>与终点的余弦</translation>
    </message>
    <message>
        <source>e to the power of each logit, less the largest one. All {n} of them add up to {total}; divided by that they are probabilities.</source>
        <translation>e 的（logit − 最大值）次方。全部 {n} 个加起来是 {total}；除以它就是概率。</translation>
    </message>
    <message>
        <source>key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>logit</source>
        <translation>logit</translation>
    </message>
    <message>
        <source>power</source>
        <translation>幂</translation>
    </message>
    <message>
        <source>prob.</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>query</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>{n} blocks add to the vector of the last token, one after the other: its length goes from {first} to {last}, and the first block adds {added}. How far it points already to where it will end:</source>
        <translation>{n} 个块依次往最后一个词元的向量上加：它的长度从 {first} 变到 {last}，第一块加上的长度是 {added}。它的方向与终点有多接近：</translation>
    </message>
    <message>
        <source>“{token}” is the likeliest, {share}. A token is chosen, put behind the text, and all of it begins again: that is how a model writes.</source>
        <translation>“{token}”最有可能，{share}。选出一个词元，放到文本后面，一切重新开始：模型就是这样写作的。</translation>
    </message>
</context>
<context>
    <name>Stations</name>
    <message>
        <source>A score for every token of the vocabulary</source>
        <translation>词表里每个词元一个分数</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Attention and feed-forward, again and again</source>
        <translation>注意力和前馈网络，一遍又一遍</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>块</translation>
    </message>
    <message>
        <source>Each id as a row of a learned table</source>
        <translation>每个 id 是学出来的表里的一行</translation>
    </message>
    <message>
        <source>Ids</source>
        <translation>id</translation>
    </message>
    <message>
        <source>Logits</source>
        <translation>logits</translation>
    </message>
    <message>
        <source>Next token</source>
        <translation>下一个词元</translation>
    </message>
    <message>
        <source>One is chosen, and it begins again</source>
        <translation>选出一个，再从头开始</translation>
    </message>
    <message>
        <source>Scores become probabilities</source>
        <translation>分数变成概率</translation>
    </message>
    <message>
        <source>Softmax</source>
        <translation>Softmax</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>The text as numbers</source>
        <translation>变成数的文本</translation>
    </message>
    <message>
        <source>Tokens gather from one another</source>
        <translation>词元互相取东西</translation>
    </message>
    <message>
        <source>Vectors</source>
        <translation>向量</translation>
    </message>
    <message>
        <source>What was typed</source>
        <translation>输入的内容</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>1 thread</source>
        <translation>1 个线程</translation>
    </message>
    <message>
        <source>Attention weights say from which tokens a head reads, not what it reads there or what follows from it. A large weight is a hint where to look, not a reason for the answer.</source>
        <translation>注意力权重说明一个头从哪些词元读取信息，但不说明读到了什么，也不说明由此得出什么。权重大只提示该往哪里看，并不是得出答案的理由。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>正在检查</translation>
    </message>
    <message>
        <source>Context used and available</source>
        <translation>已用与可用的上下文</translation>
    </message>
    <message>
        <source>Converting</source>
        <translation>正在转换</translation>
    </message>
    <message>
        <source>Converting {model}</source>
        <translation>正在转换 {model}</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>正在加载</translation>
    </message>
    <message>
        <source>Loading {model}</source>
        <translation>正在加载 {model}</translation>
    </message>
    <message>
        <source>Loading {model}: building it</source>
        <translation>正在加载 {model}：构建模型</translation>
    </message>
    <message>
        <source>Loading {model}: trying it out</source>
        <translation>正在加载 {model}：试运行</translation>
    </message>
    <message>
        <source>Loading {model}: weights</source>
        <translation>正在加载 {model}：权重</translation>
    </message>
    <message>
        <source>Measuring all heads</source>
        <translation>正在测量各头</translation>
    </message>
    <message>
        <source>Pictures of all heads</source>
        <translation>全部注意力头的小图</translation>
    </message>
    <message>
        <source>Ranking all heads</source>
        <translation>正在为各头排名</translation>
    </message>
    <message>
        <source>Reading the text</source>
        <translation>正在读取文本</translation>
    </message>
    <message>
        <source>Stop this; what is in use stays in use</source>
        <translation>停止此操作；正在使用的保持不变</translation>
    </message>
    <message>
        <source>Surprise of each token</source>
        <translation>各词元的意外度</translation>
    </message>
    <message>
        <source>The last update ran {n:,} of {total:,} tokens; the rest was reused</source>
        <translation>上次更新计算了 {total:,} 个词元中的 {n:,} 个，其余沿用已有结果</translation>
    </message>
    <message>
        <source>The model in use, where it runs and in which numbers</source>
        <translation>正在使用的模型、运行设备与数值类型</translation>
    </message>
    <message>
        <source>Verifying</source>
        <translation>正在校验</translation>
    </message>
    <message>
        <source>Verifying {model}</source>
        <translation>正在校验 {model}</translation>
    </message>
    <message>
        <source>Weights of the head</source>
        <translation>此头的权重</translation>
    </message>
    <message>
        <source>attention is not explanation</source>
        <translation>注意力不等于解释</translation>
    </message>
    <message>
        <source>no model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>updated in {ms:,.0f} ms</source>
        <translation>更新用时 {ms:,.0f} 毫秒</translation>
    </message>
    <message>
        <source>updated in {s:,.1f} s</source>
        <translation>更新用时 {s:,.1f} 秒</translation>
    </message>
    <message>
        <source>working…</source>
        <translation>计算中…</translation>
    </message>
    <message>
        <source>{n:,} / {limit:,} tokens</source>
        <translation>{n:,} / {limit:,} 个词元</translation>
    </message>
    <message>
        <source>{n} threads</source>
        <translation>{n} 个线程</translation>
    </message>
</context>
<context>
    <name>StepScrubber</name>
    <message>
        <source>1 step</source>
        <translation>1 步</translation>
    </message>
    <message>
        <source>1 step a second</source>
        <translation>每秒 1 步</translation>
    </message>
    <message>
        <source>Every generated token with what it was drawn from; at the right end, what is next</source>
        <translation>每个已生成的词元及抽取它时的候选；最右端为下一个词元</translation>
    </message>
    <message>
        <source>Generated step</source>
        <translation>已生成的步骤</translation>
    </message>
    <message>
        <source>Halt the replay</source>
        <translation>停住回放</translation>
    </message>
    <message>
        <source>How fast the replay goes</source>
        <translation>回放的速度</translation>
    </message>
    <message>
        <source>Look at the next step</source>
        <translation>查看下一步</translation>
    </message>
    <message>
        <source>Look at the step before</source>
        <translation>查看上一步</translation>
    </message>
    <message>
        <source>Replay</source>
        <translation>回放</translation>
    </message>
    <message>
        <source>Replay all steps</source>
        <translation>回放全部步骤</translation>
    </message>
    <message>
        <source>Replay of the generated tokens</source>
        <translation>回放已生成的词元</translation>
    </message>
    <message>
        <source>Step back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Step forward</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>no step yet</source>
        <translation>还没有步骤</translation>
    </message>
    <message>
        <source>step {k:,} of {n:,}</source>
        <translation>第 {k:,} 步，共 {n:,} 步</translation>
    </message>
    <message>
        <source>{n:,} steps</source>
        <translation>{n:,} 步</translation>
    </message>
    <message>
        <source>{n} steps a second</source>
        <translation>每秒 {n} 步</translation>
    </message>
    <message>
        <source>{n}/s</source>
        <translation>{n}/秒</translation>
    </message>
    <message>
        <source>{place}: {token}
Probability {before}, after the sampling parameters {after}
Rank {rank}, seed {seed}, draw {draw:,}</source>
        <translation>{place}：{token}
概率 {before}，采样参数之后 {after}
第 {rank} 名，种子 {seed}，第 {draw:,} 次抽取</translation>
    </message>
</context>
<context>
    <name>Surprise</name>
    <message>
        <source>1 token selected</source>
        <translation>选中 1 个词元</translation>
    </message>
    <message>
        <source>as likely as the likeliest other</source>
        <translation>与其余中最可能的一样可能</translation>
    </message>
    <message>
        <source>mean infinite: a token had probability 0</source>
        <translation>均值无穷大：有词元的概率为 0</translation>
    </message>
    <message>
        <source>mean {bits:.2f} bits per token</source>
        <translation>平均每词元 {bits:.2f} 比特</translation>
    </message>
    <message>
        <source>none of them scored</source>
        <translation>均未评分</translation>
    </message>
    <message>
        <source>perplexity 2^{bits:.1f}</source>
        <translation>困惑度 2^{bits:.1f}</translation>
    </message>
    <message>
        <source>perplexity infinite</source>
        <translation>困惑度无穷大</translation>
    </message>
    <message>
        <source>perplexity {value}</source>
        <translation>困惑度 {value}</translation>
    </message>
    <message>
        <source>the likeliest was {ratio} times as likely</source>
        <translation>最可能者的概率是它的 {ratio} 倍</translation>
    </message>
    <message>
        <source>{bits:,.2f} bits</source>
        <translation>{bits:,.2f} 比特</translation>
    </message>
    <message>
        <source>{n:,} of them scored</source>
        <translation>其中 {n:,} 个已评分</translation>
    </message>
    <message>
        <source>{n:,} tokens selected</source>
        <translation>选中 {n:,} 个词元</translation>
    </message>
    <message>
        <source>{ratio} times as likely as the next</source>
        <translation>概率是下一名的 {ratio} 倍</translation>
    </message>
</context>
<context>
    <name>SurpriseLegend</name>
    <message>
        <source>Legend of the underlines</source>
        <translation>下划线图例</translation>
    </message>
    <message>
        <source>Surprise is how unlikely a token was after those before it: -log2 of its probability, in bits. A thicker, stronger underline is a bigger surprise; dots mean that it is not known.</source>
        <translation>意外度表示一个词元在前文之后出现有多不可能：其概率的 -log2，以比特计。下划线越粗越深，意外度越大；虚点表示未知。</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>比特</translation>
    </message>
    <message>
        <source>surprise</source>
        <translation>意外度</translation>
    </message>
</context>
<context>
    <name>TablePage</name>
    <message>
        <source>Added to every count, so that every word can follow every word</source>
        <translation>加到每个计数上，于是任何词都可以跟在任何词后面</translation>
    </message>
    <message>
        <source>Counts</source>
        <translation>计数</translation>
    </message>
    <message>
        <source>How the cell is computed</source>
        <translation>这一格怎样算出</translation>
    </message>
    <message>
        <source>Nothing follows {n} of them, such as {named}.</source>
        <translation>其中 {n} 个词后面什么也没有，例如 {named}。</translation>
    </message>
    <message>
        <source>Nothing follows {n} of them: {named}.</source>
        <translation>其中 {n} 个词后面什么也没有：{named}。</translation>
    </message>
    <message>
        <source>P(next | word)</source>
        <translation>P(下一个词 | 词)</translation>
    </message>
    <message>
        <source>Smoothing s</source>
        <translation>平滑 s</translation>
    </message>
    <message>
        <source>The sentences have changed: learn the table anew.</source>
        <translation>句子变了：请重新学习这张表。</translation>
    </message>
    <message>
        <source>The {n} most frequent words are shown.</source>
        <translation>只显示最常见的 {n} 个词。</translation>
    </message>
    <message>
        <source>next word</source>
        <translation>下一个词</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>nothing follows “{word}”</source>
        <translation>“{word}”后面没有词</translation>
    </message>
    <message>
        <source>word</source>
        <translation>词</translation>
    </message>
    <message>
        <source>{name} is counted as a whole. Type here for sentences of your own.</source>
        <translation>{name} 已整篇计数。在此输入，即可换成你自己的句子。</translation>
    </message>
    <message>
        <source>{sentences} sentences, {words} different words, {pairs} pairs.</source>
        <translation>{sentences} 句，{words} 个不同的词，{pairs} 个词对。</translation>
    </message>
</context>
<context>
    <name>TextChoice</name>
    <message>
        <source>My own text</source>
        <translation>我自己的文本</translation>
    </message>
    <message>
        <source>Random tokens, the tutorial&apos;s data</source>
        <translation>随机词元（教程的数据）</translation>
    </message>
    <message>
        <source>Stories, Chinese</source>
        <translation>小故事，中文</translation>
    </message>
    <message>
        <source>Stories, English</source>
        <translation>小故事，英文</translation>
    </message>
    <message>
        <source>Text to train on</source>
        <translation>训练用的文本</translation>
    </message>
    <message>
        <source>The last tenth of it is held out and never trained on</source>
        <translation>最后十分之一留出，从不参与训练</translation>
    </message>
    <message>
        <source>Type or paste a text here</source>
        <translation>在这里输入或粘贴一段文本</translation>
    </message>
    <message>
        <source>What a token is</source>
        <translation>以什么为词元</translation>
    </message>
    <message>
        <source>characters</source>
        <translation>字符</translation>
    </message>
    <message>
        <source>words</source>
        <translation>单词</translation>
    </message>
</context>
<context>
    <name>TextColumn</name>
    <message>
        <source>**Goal:** {goal}</source>
        <translation>**目标**：{goal}</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Forget my answers</source>
        <translation>清除我的答案</translation>
    </message>
    <message>
        <source>Lesson {number}</source>
        <translation>第 {number} 课</translation>
    </message>
    <message>
        <source>Put the questions of this lesson back, as never answered</source>
        <translation>把本课的问题恢复成没有答过的样子</translation>
    </message>
    <message>
        <source>Show or hide the architecture; each part of it opens its lesson</source>
        <translation>显示或隐藏架构图；点每个部分打开对应的课</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>出处</translation>
    </message>
    <message>
        <source>The figure of the paper. Pale: what models that only write leave out.</source>
        <translation>论文中的结构图。浅色部分：只写不译的模型没有的部分。</translation>
    </message>
    <message>
        <source>The figure of the paper. The model of this lesson has all of it.</source>
        <translation>论文中的结构图。本课的模型各部分俱全。</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>试一试</translation>
    </message>
    <message>
        <source>Where this is in the Transformer</source>
        <translation>在 Transformer 中的位置</translation>
    </message>
    <message>
        <source>Words of this lesson</source>
        <translation>本课术语</translation>
    </message>
    <message>
        <source>after {lessons}</source>
        <translation>先读 {lessons}</translation>
    </message>
    <message>
        <source>{n} minutes</source>
        <translation>{n} 分钟</translation>
    </message>
</context>
<context>
    <name>TextForm</name>
    <message>
        <source>Select a token.</source>
        <translation>请选择一个词元。</translation>
    </message>
    <message>
        <source>Shade the tokens that look at the selected one</source>
        <translation>为看向选中词元的词元着色</translation>
    </message>
    <message>
        <source>Shade the tokens that the selected one looks at</source>
        <translation>为选中词元所看的词元着色</translation>
    </message>
    <message>
        <source>is looked at by</source>
        <translation>谁看它</translation>
    </message>
    <message>
        <source>looks at</source>
        <translation>它看谁</translation>
    </message>
</context>
<context>
    <name>TextSourcePane</name>
    <message>
        <source>A token is a single character; spaces and line ends count</source>
        <translation>一个词元是一个字符；空格和换行也算</translation>
    </message>
    <message>
        <source>A token is a word or a punctuation mark; spaces and line ends are left out</source>
        <translation>一个词元是一个词或一个标点；空格和换行略去</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Characters</source>
        <translation>字符</translation>
    </message>
    <message>
        <source>Little stories</source>
        <translation>英文小故事</translation>
    </message>
    <message>
        <source>Little stories in Chinese</source>
        <translation>中文小故事</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Pasted text</source>
        <translation>粘贴的文本</translation>
    </message>
    <message>
        <source>Stop counting; the table stays as it is</source>
        <translation>停止计数，表格保持原样</translation>
    </message>
    <message>
        <source>Take the text of the clipboard</source>
        <translation>使用剪贴板中的文本</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>The text that is counted</source>
        <translation>用来计数的文本</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>词</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>No token is selected.</source>
        <translation>未选中词元。</translation>
    </message>
    <message>
        <source>Selected: token {index} of {count}, {text}.</source>
        <translation>已选中：词元 {index}（共 {count} 个），{text}。</translation>
    </message>
    <message>
        <source>Surprise of each token</source>
        <translation>各词元的意外度</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>比特</translation>
    </message>
</context>
<context>
    <name>TimelineLegend</name>
    <message>
        <source>Legend of the timeline</source>
        <translation>时间线图例</translation>
    </message>
    <message>
        <source>Surprise is how unlikely a token was after those before it: -log2 of its probability. Entropy is how much surprise is to be expected next. Both in bits.</source>
        <translation>意外度表示一个词元在前文之后出现有多不可能：其概率的 -log2。熵表示接下来预期的意外度。两者均以比特计。</translation>
    </message>
    <message>
        <source>entropy after it</source>
        <translation>其后的熵</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>surprise of the token</source>
        <translation>词元的意外度</translation>
    </message>
</context>
<context>
    <name>TimelinePanel</name>
    <message>
        <source>, rank {rank:,}</source>
        <translation>，第 {rank:,} 名</translation>
    </message>
    <message>
        <source>Click a bar to select its token, drag to select a stretch. The wheel zooms, dragging with Ctrl moves, a double click shows the whole text again.</source>
        <translation>单击柱条可选中其词元，拖动可选中一段。滚轮缩放，按住 Ctrl 拖动平移，双击重新显示全文。</translation>
    </message>
    <message>
        <source>No tokens: the text is empty.</source>
        <translation>没有词元：文本为空。</translation>
    </message>
    <message>
        <source>Surprise</source>
        <translation>意外度</translation>
    </message>
    <message>
        <source>a bar: largest of {n:,} tokens; the band: their entropies</source>
        <translation>每柱为 {n:,} 个词元中的最大值；色带为它们的熵</translation>
    </message>
    <message>
        <source>being computed</source>
        <translation>正在计算</translation>
    </message>
    <message>
        <source>infinite (probability 0)</source>
        <translation>无穷大（概率为 0）</translation>
    </message>
    <message>
        <source>none (nothing comes before it)</source>
        <translation>无（它之前没有内容）</translation>
    </message>
    <message>
        <source>not computed yet</source>
        <translation>尚未计算</translation>
    </message>
    <message>
        <source>token, by its index</source>
        <translation>词元，按序号</translation>
    </message>
    <message>
        <source>tokens {first:,} to {last:,}</source>
        <translation>词元 {first:,} 至 {last:,}</translation>
    </message>
    <message>
        <source>whole text</source>
        <translation>全文</translation>
    </message>
    <message>
        <source>{bits:.2f} bits</source>
        <translation>{bits:.2f} 比特</translation>
    </message>
    <message>
        <source>{index:,}  {text}  surprise {surprise}{rank}, entropy after it {entropy}</source>
        <translation>{index:,}  {text}  意外度 {surprise}{rank}，其后的熵 {entropy}</translation>
    </message>
    <message>
        <source>{n_scored:,} of {n_tokens:,} tokens scored</source>
        <translation>已评分 {n_scored:,} / {n_tokens:,} 个词元</translation>
    </message>
</context>
<context>
    <name>TokenBench</name>
    <message>
        <source>A picture for each id: what a model sees</source>
        <translation>每个 id 一幅画：模型看到的样子</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>Click a token to see the merges that built it.</source>
        <translation>点一个词元，看它由哪些合并得来。</translation>
    </message>
    <message>
        <source>Each token as its bytes, in hexadecimal</source>
        <translation>每个词元显示为十六进制字节</translation>
    </message>
    <message>
        <source>Each token as its number in the vocabulary</source>
        <translation>每个词元显示为它在词表里的编号</translation>
    </message>
    <message>
        <source>Ids</source>
        <translation>id</translation>
    </message>
    <message>
        <source>One token, built</source>
        <translation>一个词元的由来</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图画</translation>
    </message>
    <message>
        <source>The model gets</source>
        <translation>模型得到的</translation>
    </message>
    <message>
        <source>What the model gets</source>
        <translation>模型得到的</translation>
    </message>
    <message>
        <source>What you read, cut into tokens</source>
        <translation>你读到的文本，切成词元</translation>
    </message>
    <message>
        <source>You read</source>
        <translation>你读到的</translation>
    </message>
    <message>
        <source>characters {n:,} · bytes {m:,}</source>
        <translation>字符 {n:,} · 字节 {m:,}</translation>
    </message>
    <message>
        <source>filled: cut in different ways</source>
        <translation>底色：切法不同</translation>
    </message>
    <message>
        <source>tokens: {counts}</source>
        <translation>词元：{counts}</translation>
    </message>
    <message>
        <source>{token}  id {id:,} of {size:,} in {name}  bytes {bytes}</source>
        <translation>{token}  {name} 的 id {id:,}，共 {size:,} 个  字节 {bytes}</translation>
    </message>
</context>
<context>
    <name>TokenChips</name>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>index</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>{index} of {count}</source>
        <translation>{index} / {count}</translation>
    </message>
</context>
<context>
    <name>TokenCommands</name>
    <message>
        <source>Insert it after “{token}”</source>
        <translation>插入到“{token}”之后</translation>
    </message>
    <message>
        <source>Insert it after “{token}”, in place of what follows</source>
        <translation>插入到“{token}”之后，取代其后的文本</translation>
    </message>
</context>
<context>
    <name>TokenMenu</name>
    <message>
        <source>Ban it in the sampler</source>
        <translation>在采样器中禁用</translation>
    </message>
    <message>
        <source>Ban it no longer</source>
        <translation>不再禁用</translation>
    </message>
    <message>
        <source>Bias it no longer</source>
        <translation>不再加偏置</translation>
    </message>
    <message>
        <source>Bias its logit</source>
        <translation>给它的 logit 加偏置</translation>
    </message>
    <message>
        <source>Copy bytes {bytes}</source>
        <translation>复制字节 {bytes}</translation>
    </message>
    <message>
        <source>Copy id {id}</source>
        <translation>复制编号 {id}</translation>
    </message>
    <message>
        <source>Copy text “{text}”</source>
        <translation>复制文本“{text}”</translation>
    </message>
    <message>
        <source>Follow “{token}”</source>
        <translation>跟踪“{token}”</translation>
    </message>
    <message>
        <source>Follow “{token}” no longer</source>
        <translation>不再跟踪“{token}”</translation>
    </message>
</context>
<context>
    <name>TokenPage</name>
    <message>
        <source>Click a token to see the merges that built it.</source>
        <translation>单击一个词元，查看它由哪些合并构成。</translation>
    </message>
    <message>
        <source>Ids around it in the vocabulary</source>
        <translation>词表中与之相邻的编号</translation>
    </message>
    <message>
        <source>No merges lead to this token: it is looked up whole.</source>
        <translation>没有合并能得到此词元：它是整个查表得到的。</translation>
    </message>
    <message>
        <source>One part from the beginning: nothing is merged.</source>
        <translation>从一开始就是一个整体：无需合并。</translation>
    </message>
    <message>
        <source>This id stands for nothing.</source>
        <translation>此编号不代表任何内容。</translation>
    </message>
    <message>
        <source>This tokenizer does not build its tokens by merging pairs.</source>
        <translation>此分词器不是靠逐对合并来构成词元的。</translation>
    </message>
    <message>
        <source>a special token</source>
        <translation>特殊词元</translation>
    </message>
    <message>
        <source>bytes {data}</source>
        <translation>字节 {data}</translation>
    </message>
    <message>
        <source>id {id}</source>
        <translation>编号 {id}</translation>
    </message>
    <message>
        <source>id {id} of {n:,}</source>
        <translation>编号 {id}，共 {n:,} 个</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>空</translation>
    </message>
</context>
<context>
    <name>TokenPanel</name>
    <message>
        <source>1 by the model</source>
        <translation>1 个由模型写出</translation>
    </message>
    <message>
        <source>1 byte</source>
        <translation>1 字节</translation>
    </message>
    <message>
        <source>1 character</source>
        <translation>1 个字符</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 个词元</translation>
    </message>
    <message>
        <source>Lighter ink: written by the model.</source>
        <translation>较浅的字：由模型写出。</translation>
    </message>
    <message>
        <source>No tokens: the text is empty.</source>
        <translation>没有词元：文本为空。</translation>
    </message>
    <message>
        <source>The selected token: click another one to select it. Drag over tokens, or move with Shift and the arrow keys, for the perplexity of a stretch.</source>
        <translation>选中的词元：单击另一个即可改选。在词元上拖动，或按 Shift 和方向键移动，可得一段的困惑度。</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>{n:,} by the model</source>
        <translation>{n:,} 个由模型写出</translation>
    </message>
    <message>
        <source>{n:,} bytes</source>
        <translation>{n:,} 字节</translation>
    </message>
    <message>
        <source>{n:,} characters</source>
        <translation>{n:,} 个字符</translation>
    </message>
    <message>
        <source>{n:,} tokens</source>
        <translation>{n:,} 个词元</translation>
    </message>
</context>
<context>
    <name>TokenRows</name>
    <message>
        <source>No token is selected.</source>
        <translation>未选中词元。</translation>
    </message>
    <message>
        <source>Selected: token {index} of {name}, {text}, id {id}.</source>
        <translation>已选中：{name} 的词元 {index}，{text}，编号 {id}。</translation>
    </message>
    <message>
        <source>Tokens of several tokenizers</source>
        <translation>多个分词器的词元</translation>
    </message>
    <message>
        <source>bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>characters</source>
        <translation>字符</translation>
    </message>
    <message>
        <source>token</source>
        <translation>词元</translation>
    </message>
</context>
<context>
    <name>TokenStrip</name>
    <message>
        <source>No token is selected.</source>
        <translation>未选中词元。</translation>
    </message>
    <message>
        <source>Selected: token {index} of {count}, {text}. Surprise: {bits}.</source>
        <translation>已选中：词元 {index}（共 {count} 个），{text}。意外度：{bits}。</translation>
    </message>
    <message>
        <source>Tokens of the text</source>
        <translation>文本的词元</translation>
    </message>
    <message>
        <source>a special token of this model</source>
        <translation>此模型的特殊词元</translation>
    </message>
    <message>
        <source>added</source>
        <translation>附加</translation>
    </message>
    <message>
        <source>being computed</source>
        <translation>正在计算</translation>
    </message>
    <message>
        <source>beside the others</source>
        <translation>与其他相比</translation>
    </message>
    <message>
        <source>bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>characters</source>
        <translation>字符</translation>
    </message>
    <message>
        <source>entropy after it</source>
        <translation>其后的熵</translation>
    </message>
    <message>
        <source>first token</source>
        <translation>首个词元</translation>
    </message>
    <message>
        <source>id</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>index</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>infinite (probability 0)</source>
        <translation>无穷大（概率为 0）</translation>
    </message>
    <message>
        <source>log-probability</source>
        <translation>对数概率</translation>
    </message>
    <message>
        <source>none: nothing comes before the first token</source>
        <translation>无：首个词元之前没有内容</translation>
    </message>
    <message>
        <source>not computed</source>
        <translation>未计算</translation>
    </message>
    <message>
        <source>not computed yet</source>
        <translation>尚未计算</translation>
    </message>
    <message>
        <source>part of</source>
        <translation>属于</translation>
    </message>
    <message>
        <source>probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>put in front by the tokenizer</source>
        <translation>由分词器加在最前</translation>
    </message>
    <message>
        <source>rank</source>
        <translation>名次</translation>
    </message>
    <message>
        <source>rank {rank:,}</source>
        <translation>第 {rank:,} 名</translation>
    </message>
    <message>
        <source>special</source>
        <translation>特殊</translation>
    </message>
    <message>
        <source>surprise</source>
        <translation>意外度</translation>
    </message>
    <message>
        <source>the model, in step {k:,} of {n:,}</source>
        <translation>模型，第 {k:,} 步（共 {n:,} 步）</translation>
    </message>
    <message>
        <source>token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>written by</source>
        <translation>作者</translation>
    </message>
    <message>
        <source>{bits:.2f} bits</source>
        <translation>{bits:.2f} 比特</translation>
    </message>
    <message>
        <source>{index} of {count}</source>
        <translation>{index} / {count}</translation>
    </message>
</context>
<context>
    <name>TokenizerPanel</name>
    <message>
        <source>1 byte</source>
        <translation>1 字节</translation>
    </message>
    <message>
        <source>1 character</source>
        <translation>1 个字符</translation>
    </message>
    <message>
        <source>1 word</source>
        <translation>1 个词</translation>
    </message>
    <message>
        <source>A model sees one picture per token and no letters: it cannot count the r&apos;s in “Strawberry”.</source>
        <translation>对模型来说，每个词元只是一张图，没有字母：它数不出“Strawberry”里有几个 r。</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>Each token as a picture: what a model sees</source>
        <translation>每个词元显示为一张图：模型所见</translation>
    </message>
    <message>
        <source>Each token as its bytes, in hexadecimal</source>
        <translation>每个词元显示为十六进制字节</translation>
    </message>
    <message>
        <source>Each token as its number in the vocabulary</source>
        <translation>每个词元显示为其词表编号</translation>
    </message>
    <message>
        <source>Each token as its text</source>
        <translation>每个词元显示为其文本</translation>
    </message>
    <message>
        <source>Emoji</source>
        <translation>表情</translation>
    </message>
    <message>
        <source>Ids</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>No tokenizer is chosen.</source>
        <translation>未选择分词器。</translation>
    </message>
    <message>
        <source>No tokens: the text is empty.</source>
        <translation>没有词元：文本为空。</translation>
    </message>
    <message>
        <source>On: special tokens written in the text, such as &lt;|endoftext|&gt;, are read as tokens. Off: they are ordinary characters.</source>
        <translation>开：文中写出的特殊词元（如 &lt;|endoftext|&gt;）按词元读取。关：按普通字符处理。</translation>
    </message>
    <message>
        <source>Open tokenizer</source>
        <translation>打开分词器</translation>
    </message>
    <message>
        <source>Parse special tokens</source>
        <translation>解析特殊词元</translation>
    </message>
    <message>
        <source>Point at a token to see it in all rows; click it to take it apart.</source>
        <translation>指向一个词元可在各行中对照；单击可拆解它。</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Tokenizers</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>Tokenizers (*.json);;All files (*)</source>
        <translation>分词器 (*.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>being cut</source>
        <translation>正在切分</translation>
    </message>
    <message>
        <source>token {index:,} of {n:,} in the text</source>
        <translation>文中词元 {index:,}（共 {n:,} 个）</translation>
    </message>
    <message>
        <source>{n:,} bytes</source>
        <translation>{n:,} 字节</translation>
    </message>
    <message>
        <source>{n:,} characters</source>
        <translation>{n:,} 个字符</translation>
    </message>
    <message>
        <source>{n:,} of {m:,} stretches cut differently</source>
        <translation>{m:,} 个片段中有 {n:,} 个切分不同</translation>
    </message>
    <message>
        <source>{n:,} words</source>
        <translation>{n:,} 个词</translation>
    </message>
    <message>
        <source>{text}  characters {a:,}–{b:,}, bytes {c:,}–{d:,}</source>
        <translation>{text}  字符 {a:,}–{b:,}，字节 {c:,}–{d:,}</translation>
    </message>
</context>
<context>
    <name>TokenizerTable</name>
    <message>
        <source>Bytes per token</source>
        <translation>每个词元的字节数</translation>
    </message>
    <message>
        <source>Copy the ids of row {n}</source>
        <translation>复制第 {n} 行的编号</translation>
    </message>
    <message>
        <source>Copy the ids of this row</source>
        <translation>复制此行的编号</translation>
    </message>
    <message>
        <source>Loading {name} …</source>
        <translation>正在加载 {name} …</translation>
    </message>
    <message>
        <source>Open tokenizer.json…</source>
        <translation>打开 tokenizer.json…</translation>
    </message>
    <message>
        <source>Tokenizer of row {n}</source>
        <translation>第 {n} 行的分词器</translation>
    </message>
    <message>
        <source>Tokens of the text itself, none added in front</source>
        <translation>文本本身的词元，不含附加在最前的</translation>
    </message>
    <message>
        <source>Tokens per word; words are what blanks part</source>
        <translation>每个词的词元数；词以空白分隔</translation>
    </message>
    <message>
        <source>a word</source>
        <translation>每词</translation>
    </message>
    <message>
        <source>bytes each</source>
        <translation>字节/个</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>the model&apos;s own</source>
        <translation>模型自带</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>{name} changes the text before it cuts it.</source>
        <translation>{name} 在切分前会改动文本。</translation>
    </message>
</context>
<context>
    <name>TokensPage</name>
    <message>
        <source>Any text</source>
        <translation>任意文本</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>Emoji</source>
        <translation>表情符号</translation>
    </message>
    <message>
        <source>Journey</source>
        <translation>旅程</translation>
    </message>
    <message>
        <source>Letters and tokens of “{text}”</source>
        <translation>“{text}”的字母与词元</translation>
    </message>
    <message>
        <source>Loading the encodings …</source>
        <translation>正在载入编码……</translation>
    </message>
    <message>
        <source>No tokens: the text is empty.</source>
        <translation>没有词元：文本是空的。</translation>
    </message>
    <message>
        <source>Text to cut</source>
        <translation>要切分的文本</translation>
    </message>
    <message>
        <source>Tokens of “{text}”</source>
        <translation>“{text}”的词元</translation>
    </message>
    <message>
        <source>Type any text, in any language</source>
        <translation>输入任意文本，什么语言都行</translation>
    </message>
    <message>
        <source>{name}, tokens: {n}</source>
        <translation>{name}，词元数：{n}</translation>
    </message>
</context>
<context>
    <name>TrainPage</name>
    <message>
        <source>Attention of {head} after step {n:,}</source>
        <translation>{head} 的注意力，第 {n:,} 步之后</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>The tutorial&apos;s loop beside the right one</source>
        <translation>教程的循环与正确的循环对照</translation>
    </message>
    <message>
        <source>The tutorial&apos;s script</source>
        <translation>教程的脚本</translation>
    </message>
    <message>
        <source>Tokens per second</source>
        <translation>每秒词元数</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
</context>
<context>
    <name>TrainingCharts</name>
    <message>
        <source>guessing</source>
        <translation>瞎猜</translation>
    </message>
    <message>
        <source>held out</source>
        <translation>留出文本</translation>
    </message>
    <message>
        <source>loss (nats)</source>
        <translation>损失（奈特）</translation>
    </message>
    <message>
        <source>next token, held out</source>
        <translation>下一个词元，留出文本</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练文本</translation>
    </message>
</context>
<context>
    <name>TrainingPane</name>
    <message>
        <source>Counting …</source>
        <translation>正在计数……</translation>
    </message>
    <message>
        <source>Folder of a training</source>
        <translation>训练所在的文件夹</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go on from the checkpoint, with the learning rate above</source>
        <translation>从检查点接着训练，用上面的学习率</translation>
    </message>
    <message>
        <source>Go on with a training in another folder</source>
        <translation>接着训练另一个文件夹里的模型</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Load…</source>
        <translation>载入……</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Not running</source>
        <translation>未在训练</translation>
    </message>
    <message>
        <source>Open in the main window</source>
        <translation>在主窗口中打开</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save and end, after the step that is being taken</source>
        <translation>做完当前这一步后保存并结束</translation>
    </message>
    <message>
        <source>Save, and look at the model with the panels of the main window</source>
        <translation>保存，并用主窗口的各个面板查看这个模型</translation>
    </message>
    <message>
        <source>Saving, after the step that is being taken</source>
        <translation>做完当前这一步后保存</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Take no further step for now; the model stays in memory</source>
        <translation>暂时不再训练；模型留在内存里</translation>
    </message>
    <message>
        <source>Tokens per second</source>
        <translation>每秒词元数</translation>
    </message>
    <message>
        <source>Train a new model from the beginning, in a new folder</source>
        <translation>在新文件夹里从头训练一个新模型</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>正在训练</translation>
    </message>
    <message>
        <source>Write checkpoint and model now</source>
        <translation>立即写出检查点和模型</translation>
    </message>
    <message>
        <source>gradient {x:.3g}</source>
        <translation>梯度 {x:.3g}</translation>
    </message>
    <message>
        <source>held out {x:.4g}</source>
        <translation>留出文本 {x:.4g}</translation>
    </message>
    <message>
        <source>loss {x:.4g}</source>
        <translation>损失 {x:.4g}</translation>
    </message>
    <message>
        <source>rate {x:.3g}</source>
        <translation>学习率 {x:.3g}</translation>
    </message>
    <message>
        <source>saved at step {n:,} in {folder}</source>
        <translation>第 {n:,} 步已保存到 {folder}</translation>
    </message>
    <message>
        <source>step {n:,}</source>
        <translation>第 {n:,} 步</translation>
    </message>
    <message>
        <source>{device}, 1 thread</source>
        <translation>{device}，1 个线程</translation>
    </message>
    <message>
        <source>{device}, {n} threads</source>
        <translation>{device}，{n} 个线程</translation>
    </message>
    <message>
        <source>{n:,} parameters</source>
        <translation>{n:,} 个参数</translation>
    </message>
    <message>
        <source>{n:,} parameters: too many</source>
        <translation>{n:,} 个参数：太多了</translation>
    </message>
    <message>
        <source>{n:,} tokens, {v:,} different</source>
        <translation>{n:,} 个词元，{v:,} 种</translation>
    </message>
    <message>
        <source>{x:,.0f} tokens/s</source>
        <translation>{x:,.0f} 词元/秒</translation>
    </message>
    <message>
        <source>… parameters</source>
        <translation>…… 个参数</translation>
    </message>
</context>
<context>
    <name>TrainingSizes</name>
    <message>
        <source>Ends by itself after so many, 0 for no end; the tutorial&apos;s 10 epochs are 10 steps</source>
        <translation>走完这么多步就自己结束，0 表示不限；教程的 10 轮就是 10 步</translation>
    </message>
    <message>
        <source>My own</source>
        <translation>自定</translation>
    </message>
    <message>
        <source>Of Adam</source>
        <translation>Adam 的学习率</translation>
    </message>
    <message>
        <source>Of the first weights and the batches</source>
        <translation>决定初始权重和批次</translation>
    </message>
    <message>
        <source>One above the other</source>
        <translation>一层叠一层</translation>
    </message>
    <message>
        <source>Rows of tokens in a step</source>
        <translation>一步里有多少行词元</translation>
    </message>
    <message>
        <source>Share of numbers that are set to 0 in training, at random</source>
        <translation>训练时随机置为 0 的数字所占的比例</translation>
    </message>
    <message>
        <source>Sizes that belong together</source>
        <translation>配套的一组尺寸</translation>
    </message>
    <message>
        <source>Small</source>
        <translation>小号</translation>
    </message>
    <message>
        <source>Steps over which the learning rate rises from near 0; the tutorial has none</source>
        <translation>学习率从接近 0 升上来所用的步数；教程里没有</translation>
    </message>
    <message>
        <source>They divide the width</source>
        <translation>头数必须整除宽度</translation>
    </message>
    <message>
        <source>Tokens in a row that are seen at once; the context of the finished model</source>
        <translation>每行词元数，模型一次看到这么多；也是训练好的模型的上下文长度</translation>
    </message>
    <message>
        <source>Tutorial</source>
        <translation>教程</translation>
    </message>
    <message>
        <source>What to say after each token; “same” is the tutorial&apos;s code as printed</source>
        <translation>在每个词元之后该说什么；“同一个词元”就是教程印出来的代码</translation>
    </message>
    <message>
        <source>Width inside the feed-forward networks</source>
        <translation>前馈网络内部的宽度</translation>
    </message>
    <message>
        <source>Width of a token&apos;s vector</source>
        <translation>词元向量的宽度</translation>
    </message>
    <message>
        <source>batch</source>
        <translation>批次</translation>
    </message>
    <message>
        <source>dropout</source>
        <translation>随机失活</translation>
    </message>
    <message>
        <source>feed-forward</source>
        <translation>前馈</translation>
    </message>
    <message>
        <source>heads</source>
        <translation>头数</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>next token</source>
        <translation>下一个词元</translation>
    </message>
    <message>
        <source>no end</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>same token</source>
        <translation>同一个词元</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>warm-up</source>
        <translation>预热</translation>
    </message>
</context>
<context>
    <name>TranslatePage</name>
    <message>
        <source>1 (greedy)</source>
        <translation>1（贪心）</translation>
    </message>
    <message>
        <source>A number up to 99,999 or a date, in words</source>
        <translation>用文字写出的数字（不超过 99,999）或日期</translation>
    </message>
    <message>
        <source>All words</source>
        <translation>全部写完</translation>
    </message>
    <message>
        <source>Beams</source>
        <translation>束宽</translation>
    </message>
    <message>
        <source>Chinese → English</source>
        <translation>中文 → 英文</translation>
    </message>
    <message>
        <source>English or Chinese: it is translated into the other language as you type</source>
        <translation>英文或中文：边输入边译成另一种语言</translation>
    </message>
    <message>
        <source>English → Chinese</source>
        <translation>英文 → 中文</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>How many translations are kept at each step; with one, it is greedy</source>
        <translation>每一步保留几个译文；只保留一个就是贪心</translation>
    </message>
    <message>
        <source>Let the decoder write one more word</source>
        <translation>让解码器再写一个词</translation>
    </message>
    <message>
        <source>Let the decoder write to the end</source>
        <translation>让解码器写到结束</translation>
    </message>
    <message>
        <source>Next word</source>
        <translation>下一个词</translation>
    </message>
    <message>
        <source>Probability of each word as it was written</source>
        <translation>写出每个词时它的概率</translation>
    </message>
    <message>
        <source>Sentence to translate</source>
        <translation>要翻译的句子</translation>
    </message>
    <message>
        <source>Start over</source>
        <translation>从头开始</translation>
    </message>
    <message>
        <source>Take back everything that was written</source>
        <translation>收回已经写出的所有词</translation>
    </message>
    <message>
        <source>The translator is being loaded…</source>
        <translation>正在载入翻译模型…</translation>
    </message>
    <message>
        <source>Translations kept</source>
        <translation>保留的译文</translation>
    </message>
</context>
<context>
    <name>TranslationView</name>
    <message>
        <source>Decoder writes</source>
        <translation>解码器写出</translation>
    </message>
    <message>
        <source>Encoder reads</source>
        <translation>编码器读入</translation>
    </message>
    <message>
        <source>Next word</source>
        <translation>下一个词</translation>
    </message>
    <message>
        <source>Tinted: how much each written word looks at “{word}” ({choice})</source>
        <translation>颜色深浅：写出的各词看“{word}”多少（{choice}）</translation>
    </message>
    <message>
        <source>Tinted: how much “{word}” looks at each source word ({choice})</source>
        <translation>颜色深浅：“{word}”看原文各词多少（{choice}）</translation>
    </message>
    <message>
        <source>Translations kept</source>
        <translation>保留的译文</translation>
    </message>
    <message>
        <source>after “{text}”, the likeliest of {n} tokens</source>
        <translation>接在“{text}”之后，{n} 个词元中最可能的几个</translation>
    </message>
    <message>
        <source>greedy: one only, with the likeliest word each time</source>
        <translation>贪心：只有一个，每次都取最可能的词</translation>
    </message>
    <message>
        <source>nothing is written yet</source>
        <translation>还没有写出任何词</translation>
    </message>
    <message>
        <source>the {n} likeliest so far; log-probabilities add up</source>
        <translation>目前最可能的 {n} 个；对数概率逐词相加</translation>
    </message>
    <message>
        <source>“Next word” lets the decoder begin.</source>
        <translation>按“下一个词”，解码器就开始写。</translation>
    </message>
</context>
<context>
    <name>Treatment</name>
    <message>
        <source>diagonal</source>
        <translation>对角线</translation>
    </message>
    <message>
        <source>first token</source>
        <translation>首个词元</translation>
    </message>
    <message>
        <source>joined to sentences</source>
        <translation>合并为句子</translation>
    </message>
    <message>
        <source>joined to words</source>
        <translation>合并为词</translation>
    </message>
    <message>
        <source>largest weights that make up {share} % of a row</source>
        <translation>每行最大的 {share} %</translation>
    </message>
    <message>
        <source>special tokens</source>
        <translation>特殊词元</translation>
    </message>
    <message>
        <source>what is left as 100 %</source>
        <translation>余下按 100 % 计</translation>
    </message>
    <message>
        <source>{what} hidden</source>
        <translation>隐藏{what}</translation>
    </message>
</context>
<context>
    <name>UseNote</name>
    <message>
        <source>Dialogue</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Open {model}</source>
        <translation>打开 {model}</translation>
    </message>
    <message>
        <source>Question answering</source>
        <translation>问答</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Translation</source>
        <translation>翻译</translation>
    </message>
    <message>
        <source>Use this model in the main window, and give it the prompt</source>
        <translation>在主窗口改用这个模型，并把这段提示交给它</translation>
    </message>
    <message>
        <source>{use}: a model that has learned enough goes on with “{text}”; nobody has tried this with {model}, so see what it says.</source>
        <translation>{use}：学得够多的模型会接着写“{text}”；还没有人用 {model} 试过，看看它怎么说。</translation>
    </message>
    <message>
        <source>{use}: {model} goes on with “{text}”: its first token is the first bar, and at temperature 0 Select and append writes all of it.</source>
        <translation>{use}：{model} 会接着写“{text}”：第一根柱条就是它的第一个词元；把温度设为 0，再按“选择并追加”，就能全部写出来。</translation>
    </message>
    <message>
        <source>{use}: {model} has read nothing but little stories and cannot do this; what it says means nothing. {capable} can: “{text}”</source>
        <translation>{use}：{model} 只读过小故事，做不到这个，它说的没有意义。{capable} 做得到：“{text}”</translation>
    </message>
</context>
<context>
    <name>ViewFiles</name>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Exported files and views</source>
        <translation>导出的文件与视图</translation>
    </message>
    <message>
        <source>Open view</source>
        <translation>打开视图</translation>
    </message>
</context>
<context>
    <name>VocabularyPane</name>
    <message>
        <source>Decode</source>
        <translation>解码</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Vocabulary of</source>
        <translation>词表来自</translation>
    </message>
    <message>
        <source>Whose vocabulary this is about</source>
        <translation>所查看的是谁的词表</translation>
    </message>
</context>
<context>
    <name>WalkPage</name>
    <message>
        <source>A text for the model to read</source>
        <translation>给模型读的文本</translation>
    </message>
    <message>
        <source>Append it</source>
        <translation>接上去</translation>
    </message>
    <message>
        <source>Draw a token by the sampling of the main panels and append it</source>
        <translation>按主面板的采样设置抽一个词元，接在后面</translation>
    </message>
    <message>
        <source>Go from station to station, or stay where it is</source>
        <translation>一站一站自动走，或者停下</translation>
    </message>
    <message>
        <source>In the main panels</source>
        <translation>在主面板里看</translation>
    </message>
    <message>
        <source>Its lesson</source>
        <translation>对应的课</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Run this text through the model at hand (Enter)</source>
        <translation>用手头的模型运行这段文本（回车）</translation>
    </message>
    <message>
        <source>Show this in the main panels</source>
        <translation>在主面板里显示</translation>
    </message>
    <message>
        <source>Step ▶</source>
        <translation>前进 ▶</translation>
    </message>
    <message>
        <source>Text for the model</source>
        <translation>给模型的文本</translation>
    </message>
    <message>
        <source>The lesson that takes this station apart</source>
        <translation>详细讲这一站的课</translation>
    </message>
    <message>
        <source>The next station</source>
        <translation>下一站</translation>
    </message>
    <message>
        <source>The station before</source>
        <translation>前一站</translation>
    </message>
    <message>
        <source>◀ Back</source>
        <translation>◀ 后退</translation>
    </message>
</context>
<context>
    <name>WalkPane</name>
    <message>
        <source>Draw the next word from the marked row</source>
        <translation>从标出的那一行抽取下一个词</translation>
    </message>
    <message>
        <source>Draw words until nothing follows, or {n} are there</source>
        <translation>一直抽词，直到后面没有词，或满 {n} 个词</translation>
    </message>
    <message>
        <source>First word</source>
        <translation>第一个词</translation>
    </message>
    <message>
        <source>Nothing follows “{word}”: the walk ends here.</source>
        <translation>“{word}”后面没有词：走到这里为止。</translation>
    </message>
    <message>
        <source>Only the first word again</source>
        <translation>回到只有第一个词的时候</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>连续走</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Start over</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>单步</translation>
    </message>
    <message>
        <source>The next word is drawn from the row of “{word}”.</source>
        <translation>下一个词将从“{word}”这一行抽取。</translation>
    </message>
    <message>
        <source>The same seed takes the same way</source>
        <translation>种子相同，走的路就相同</translation>
    </message>
    <message>
        <source>The word that the walk begins with</source>
        <translation>从这个词开始走</translation>
    </message>
    <message>
        <source>Walk the table</source>
        <translation>沿表行走</translation>
    </message>
    <message>
        <source>from</source>
        <translation>起点</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>{n} words: the walk is cut off here.</source>
        <translation>已有 {n} 个词：就此打住。</translation>
    </message>
</context>
<context>
    <name>WordBars</name>
    <message>
        <source>There are no words yet.</source>
        <translation>还没有词。</translation>
    </message>
    <message>
        <source>Words and their probabilities</source>
        <translation>词及其概率</translation>
    </message>
    <message>
        <source>and {n:,} more</source>
        <translation>另有 {n:,} 个</translation>
    </message>
    <message>
        <source>before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>cannot be drawn</source>
        <translation>不会被抽到</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>选中</translation>
    </message>
    <message>
        <source>count</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>已排除</translation>
    </message>
    <message>
        <source>this word was drawn</source>
        <translation>抽到的是这个词</translation>
    </message>
    <message>
        <source>word</source>
        <translation>词</translation>
    </message>
</context>
<context>
    <name>WorkProgress</name>
    <message>
        <source>Counting</source>
        <translation>计数中</translation>
    </message>
    <message>
        <source>Generating</source>
        <translation>生成中</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>读取中</translation>
    </message>
    <message>
        <source>Scoring</source>
        <translation>评分中</translation>
    </message>
    <message>
        <source>Splitting</source>
        <translation>切分中</translation>
    </message>
</context>
<context>
    <name>ZoomedMap</name>
    <message>
        <source>Show the whole map</source>
        <translation>显示整幅图</translation>
    </message>
    <message>
        <source>The map is zoomed: show all of it again (0)</source>
        <translation>图已放大：重新显示全部（0）</translation>
    </message>
    <message>
        <source>key (is looked at) →</source>
        <translation>键（被看）→</translation>
    </message>
    <message>
        <source>key sentence (is looked at), sum over its tokens →</source>
        <translation>键：句子（被看），对其词元求和 →</translation>
    </message>
    <message>
        <source>key word (is looked at), sum over its tokens →</source>
        <translation>键：词（被看），对其词元求和 →</translation>
    </message>
    <message>
        <source>query (looks)&#xa0;↓</source>
        <translation>查询&#xa0;↓</translation>
    </message>
    <message>
        <source>query&#xa0;sentence (looks), mean&#xa0;↓</source>
        <translation>查询：句子，取平均&#xa0;↓</translation>
    </message>
    <message>
        <source>query&#xa0;word (looks), mean&#xa0;↓</source>
        <translation>查询：词，取平均&#xa0;↓</translation>
    </message>
    <message>
        <source>{factor}× · fit</source>
        <translation>{factor}× · 适应</translation>
    </message>
</context>
<context>
    <name>_ColumnNames</name>
    <message>
        <source>The logit is the model&apos;s raw score of a token, before any sampling parameter; the softmax over all logits gives the probabilities. The change, where there is room for it, is in percentage points since the last edit of the text, before sampling parameters; two short strokes mark where the bar ended before. It is told at the end of the text only, and of edits only: an example, a file, a view or another model begins anew, and so does a text of which an edit leaves less than half.</source>
        <translation>logit 是模型在任何采样参数之前给词元的原始分数；对全部 logit 做 softmax 得到概率。“变化”（空间足够时显示）是自上次编辑文本以来、采样参数之前的百分点变化；两道短线标出条形先前的终点。只在文本末尾、且只对编辑给出：载入示例、文件、视图或换模型都从头开始，编辑后保留不到一半的文本也是如此。</translation>
    </message>
    <message>
        <source>change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>logit</source>
        <translation>logit</translation>
    </message>
    <message>
        <source>prob.</source>
        <translation>概率</translation>
    </message>
</context>
<context>
    <name>_Legend</name>
    <message>
        <source>Filled: the tokenizers cut this stretch of the text in different ways</source>
        <translation>填色：各分词器对这一片段的切分不同</translation>
    </message>
    <message>
        <source>cut differently</source>
        <translation>切分不同</translation>
    </message>
</context>
<context>
    <name>_Notice</name>
    <message>
        <source>Dismiss</source>
        <translation>忽略</translation>
    </message>
    <message>
        <source>Dismiss this notice</source>
        <translation>忽略此通知</translation>
    </message>
</context>
<context>
    <name>_Parts</name>
    <message>
        <source>Parts of the token</source>
        <translation>词元的组成部分</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>&amp;About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>&amp;Ask for a token or word…</source>
        <translation>查找词元或词…</translation>
    </message>
    <message>
        <source>&amp;Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>&amp;Clear text</source>
        <translation>清空文本</translation>
    </message>
    <message>
        <source>&amp;Colours and filter…</source>
        <translation>颜色与筛选…</translation>
    </message>
    <message>
        <source>&amp;Command palette…</source>
        <translation>命令面板…</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>&amp;Find in text…</source>
        <translation>在文本中查找…</translation>
    </message>
    <message>
        <source>&amp;Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>&amp;Keyboard and mouse</source>
        <translation>键盘和鼠标</translation>
    </message>
    <message>
        <source>&amp;Lessons</source>
        <translation>课程</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>&amp;Main panels beside the lesson</source>
        <translation>在课程旁显示主面板</translation>
    </message>
    <message>
        <source>&amp;Next lesson</source>
        <translation>下一课</translation>
    </message>
    <message>
        <source>&amp;Next panel</source>
        <translation>下一个面板</translation>
    </message>
    <message>
        <source>&amp;Next same token</source>
        <translation>下一个相同词元</translation>
    </message>
    <message>
        <source>&amp;Normal text size</source>
        <translation>正常字号</translation>
    </message>
    <message>
        <source>&amp;Open text…</source>
        <translation>打开文本…</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>&amp;Pinned heads side by side</source>
        <translation>并排显示固定的头</translation>
    </message>
    <message>
        <source>&amp;Previous lesson</source>
        <translation>上一课</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>&amp;Replay all steps</source>
        <translation>回放全部步骤</translation>
    </message>
    <message>
        <source>&amp;Reset layout</source>
        <translation>重置布局</translation>
    </message>
    <message>
        <source>&amp;Reset the lesson</source>
        <translation>重置本课</translation>
    </message>
    <message>
        <source>&amp;Special tokens as such</source>
        <translation>识别特殊词元</translation>
    </message>
    <message>
        <source>&amp;Step</source>
        <translation>单步</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>&amp;What looks here</source>
        <translation>谁在看这里</translation>
    </message>
    <message>
        <source>All shortcuts and gestures on one page, to search in</source>
        <translation>所有快捷键和手势列在一页上，可以搜索</translation>
    </message>
    <message>
        <source>As the &amp;system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>As the s&amp;ystem</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Bring back the view of an exported figure or table, or of a saved view</source>
        <translation>恢复导出的图、表格或已保存视图中的视图</translation>
    </message>
    <message>
        <source>Chinese; from the next start on</source>
        <translation>中文；下次启动时生效</translation>
    </message>
    <message>
        <source>Choose the colours of the head on show, and which of its weights are shown: hidden tokens, the largest weights, words and sentences</source>
        <translation>选择当前头的颜色，以及显示哪些权重：隐藏的词元、最大的权重、合并为词和句子</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Compare the pinned heads</source>
        <translation>比较固定的头</translation>
    </message>
    <message>
        <source>Continue the text by several tokens</source>
        <translation>把文本续写若干个词元</translation>
    </message>
    <message>
        <source>Cop&amp;y head as picture</source>
        <translation>把注意力头复制为图片</translation>
    </message>
    <message>
        <source>Copy ce&amp;ll</source>
        <translation>复制单元格</translation>
    </message>
    <message>
        <source>Copy head as &amp;table</source>
        <translation>把注意力头复制为表格</translation>
    </message>
    <message>
        <source>Copy next-token &amp;bars as table</source>
        <translation>把下一个词元的柱条复制为表格</translation>
    </message>
    <message>
        <source>Copy r&amp;ow</source>
        <translation>复制行</translation>
    </message>
    <message>
        <source>Cut te&amp;xt here</source>
        <translation>在此截断文本</translation>
    </message>
    <message>
        <source>Dark theme</source>
        <translation>深色主题</translation>
    </message>
    <message>
        <source>Download a model of the Hugging Face hub by its name</source>
        <translation>按名称从 Hugging Face Hub 下载模型</translation>
    </message>
    <message>
        <source>Draw the head as a map: a row per query, a column per key</source>
        <translation>把注意力头画成热图：每行一个查询，每列一个键</translation>
    </message>
    <message>
        <source>Draw the head as lines between tokens, for short texts</source>
        <translation>把注意力头画成词元之间的连线，适用于短文本</translation>
    </message>
    <message>
        <source>Draw the map and all small pictures without the first token&apos;s column, on which many heads rest: what else they look at comes out. Other weights stay as they are</source>
        <translation>图和所有缩略图都不画首个词元那一列（许多头停在那里），从而显出它们还在看什么。其他权重保持不变</translation>
    </message>
    <message>
        <source>Draw the next token and put it at the end of the text</source>
        <translation>抽取下一个词元并接到文本末尾</translation>
    </message>
    <message>
        <source>E&amp;xport from the lesson…</source>
        <translation>从课程导出…</translation>
    </message>
    <message>
        <source>Empty both lists</source>
        <translation>清空两个列表</translation>
    </message>
    <message>
        <source>Empty the prompt; undo brings it back</source>
        <translation>清空提示词；可用撤销恢复</translation>
    </message>
    <message>
        <source>End a generation when the model draws its end token; otherwise that token is kept in the text, and the generation goes on</source>
        <translation>模型抽到结束词元时结束生成；否则该词元留在文中，生成继续</translation>
    </message>
    <message>
        <source>English; from the next start on</source>
        <translation>英文；下次启动时生效</translation>
    </message>
    <message>
        <source>Export &amp;generated tokens…</source>
        <translation>导出生成的词元…</translation>
    </message>
    <message>
        <source>Export all heads as N&amp;umPy archive…</source>
        <translation>把全部注意力头导出为 NumPy 归档…</translation>
    </message>
    <message>
        <source>Export all heads as PD&amp;F…</source>
        <translation>把全部注意力头导出为 PDF…</translation>
    </message>
    <message>
        <source>Export all heads as S&amp;VG…</source>
        <translation>把全部注意力头导出为 SVG…</translation>
    </message>
    <message>
        <source>Export all heads as pictu&amp;re…</source>
        <translation>把全部注意力头导出为图片…</translation>
    </message>
    <message>
        <source>Export head as &amp;CSV…</source>
        <translation>把注意力头导出为 CSV…</translation>
    </message>
    <message>
        <source>Export head as &amp;NumPy archive…</source>
        <translation>把注意力头导出为 NumPy 归档…</translation>
    </message>
    <message>
        <source>Export head as &amp;SVG…</source>
        <translation>把注意力头导出为 SVG…</translation>
    </message>
    <message>
        <source>Export head as &amp;picture…</source>
        <translation>把注意力头导出为图片…</translation>
    </message>
    <message>
        <source>Export head as P&amp;DF…</source>
        <translation>把注意力头导出为 PDF…</translation>
    </message>
    <message>
        <source>Export ne&amp;xt-token bars…</source>
        <translation>导出下一个词元的柱条…</translation>
    </message>
    <message>
        <source>Export s&amp;urprise timeline…</source>
        <translation>导出意外度时间线…</translation>
    </message>
    <message>
        <source>Export to&amp;kens…</source>
        <translation>导出词元…</translation>
    </message>
    <message>
        <source>Export whole &amp;window…</source>
        <translation>导出整个窗口…</translation>
    </message>
    <message>
        <source>Find a string in the prompt, and go from place to place</source>
        <translation>在提示词中查找字符串，并逐处跳转</translation>
    </message>
    <message>
        <source>Find any command by a few letters</source>
        <translation>用几个字找到任何命令</translation>
    </message>
    <message>
        <source>Follow the probability of any token or word while you type</source>
        <translation>边输入边跟踪任意词元或词的概率</translation>
    </message>
    <message>
        <source>Forget recent files and &amp;models</source>
        <translation>清除最近的文件和模型</translation>
    </message>
    <message>
        <source>From light to dark or back</source>
        <translation>在浅色与深色之间切换</translation>
    </message>
    <message>
        <source>Give the head on show the whole window; again, or Esc, brings the rest back</source>
        <translation>让当前注意力头占据整个窗口；再次执行或按 Esc 恢复其余部分</translation>
    </message>
    <message>
        <source>Give the keys to the next panel in sight</source>
        <translation>把键盘焦点移到下一个可见面板</translation>
    </message>
    <message>
        <source>Give the keys to the panel before</source>
        <translation>把键盘焦点移到上一个可见面板</translation>
    </message>
    <message>
        <source>Go back to the lesson before</source>
        <translation>回到上一课</translation>
    </message>
    <message>
        <source>Go on to the next lesson</source>
        <translation>进入下一课</translation>
    </message>
    <message>
        <source>Go to a head by its layer and number, such as L5 H3</source>
        <translation>按层和编号转到某个头，例如 L5 H3</translation>
    </message>
    <message>
        <source>Go to hea&amp;d…</source>
        <translation>转到头…</translation>
    </message>
    <message>
        <source>Go to the &amp;prompt</source>
        <translation>转到提示词</translation>
    </message>
    <message>
        <source>Head as &amp;arcs</source>
        <translation>以弧线显示头</translation>
    </message>
    <message>
        <source>Head as &amp;map</source>
        <translation>以热图显示头</translation>
    </message>
    <message>
        <source>Head as shaded &amp;text</source>
        <translation>以着色文本显示头</translation>
    </message>
    <message>
        <source>Hide the &amp;first token</source>
        <translation>隐藏首个词元</translation>
    </message>
    <message>
        <source>Inspect token &amp;pair</source>
        <translation>查看词元对</translation>
    </message>
    <message>
        <source>Keep the head on show, be it chosen or only pointed at, at hand to compare it, or let it go again</source>
        <translation>把当前头（无论是选中的还是只是指向的）固定下来以便比较，或取消固定</translation>
    </message>
    <message>
        <source>Language of the desktop; from the next start on</source>
        <translation>桌面的语言；下次启动时生效</translation>
    </message>
    <message>
        <source>Lar&amp;ger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Leave out all that follows the selected token</source>
        <translation>去掉所选词元之后的全部文本</translation>
    </message>
    <message>
        <source>Light or dark as the desktop is</source>
        <translation>随桌面使用浅色或深色</translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation>浅色主题</translation>
    </message>
    <message>
        <source>Look at all generated tokens one after the other; again to halt</source>
        <translation>逐个查看所有已生成的词元；再次执行则停住</translation>
    </message>
    <message>
        <source>Look at what the generated token before was drawn from</source>
        <translation>查看抽取上一个已生成词元时的候选</translation>
    </message>
    <message>
        <source>Look at what the next generated token was drawn from</source>
        <translation>查看抽取下一个已生成词元时的候选</translation>
    </message>
    <message>
        <source>Mo&amp;ve panels</source>
        <translation>移动面板</translation>
    </message>
    <message>
        <source>Model from the &amp;hub…</source>
        <translation>来自 Hub 的模型…</translation>
    </message>
    <message>
        <source>Most &amp;surprising token</source>
        <translation>最意外的词元</translation>
    </message>
    <message>
        <source>Most &amp;uncertain token</source>
        <translation>最不确定的词元</translation>
    </message>
    <message>
        <source>One head &amp;alone</source>
        <translation>单独显示一个头</translation>
    </message>
    <message>
        <source>Open &amp;GGUF file…</source>
        <translation>打开 GGUF 文件…</translation>
    </message>
    <message>
        <source>Open &amp;view…</source>
        <translation>打开视图…</translation>
    </message>
    <message>
        <source>Open model &amp;folder…</source>
        <translation>打开模型文件夹…</translation>
    </message>
    <message>
        <source>Open the &amp;menu</source>
        <translation>打开菜单</translation>
    </message>
    <message>
        <source>Open the course: from one forward pass and a table of words to training a transformer</source>
        <translation>打开课程：从一次前向计算和一张词表，到亲手训练 Transformer</translation>
    </message>
    <message>
        <source>Open the menu of the token, candidate, head or cell that has the keys</source>
        <translation>打开当前焦点所在的词元、候选、头或单元格的菜单</translation>
    </message>
    <message>
        <source>Pause the generation, or let it go on exactly as if it had not been paused</source>
        <translation>暂停生成，或让它继续，如同没有暂停过</translation>
    </message>
    <message>
        <source>Pin the &amp;head</source>
        <translation>固定此头</translation>
    </message>
    <message>
        <source>Pre&amp;vious panel</source>
        <translation>上一个面板</translation>
    </message>
    <message>
        <source>Pre&amp;vious same token</source>
        <translation>上一个相同词元</translation>
    </message>
    <message>
        <source>Put a picture of the head on show on the clipboard</source>
        <translation>把当前注意力头的图片放到剪贴板</translation>
    </message>
    <message>
        <source>Put all panels back where they were at the first start</source>
        <translation>把所有面板恢复到初次启动时的位置</translation>
    </message>
    <message>
        <source>Put the candidates and their numbers on the clipboard</source>
        <translation>把各候选及其数值放到剪贴板</translation>
    </message>
    <message>
        <source>Put the cursor into the text</source>
        <translation>把光标移到文本中</translation>
    </message>
    <message>
        <source>Put the experiment back to how the lesson begins</source>
        <translation>把实验恢复到本课开始时的样子</translation>
    </message>
    <message>
        <source>Put the weight of the cell pointed at on the clipboard</source>
        <translation>把所指单元格的权重放到剪贴板</translation>
    </message>
    <message>
        <source>Put the weights in sight on the clipboard, for a spreadsheet or a document</source>
        <translation>把可见的权重放到剪贴板，供电子表格或文档使用</translation>
    </message>
    <message>
        <source>Put what the row&apos;s token looks at on the clipboard, as a table</source>
        <translation>把该行词元所关注的内容以表格形式放到剪贴板</translation>
    </message>
    <message>
        <source>Rank the heads by how much looks at the selected token</source>
        <translation>按对所选词元的关注程度给各头排序</translation>
    </message>
    <message>
        <source>Read a text file into the prompt</source>
        <translation>把文本文件读入提示词</translation>
    </message>
    <message>
        <source>Read special tokens in the text, such as &lt;|endoftext|&gt;, as tokens; otherwise they are ordinary characters</source>
        <translation>把文中的特殊词元（如 &lt;|endoftext|&gt;）当作词元读取；否则按普通字符处理</translation>
    </message>
    <message>
        <source>Redo what was undone</source>
        <translation>重做已撤销的编辑</translation>
    </message>
    <message>
        <source>Replay: step &amp;back</source>
        <translation>回放：上一步</translation>
    </message>
    <message>
        <source>Replay: step &amp;forward</source>
        <translation>回放：下一步</translation>
    </message>
    <message>
        <source>S&amp;maller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>S&amp;witch theme</source>
        <translation>切换主题</translation>
    </message>
    <message>
        <source>Sampl&amp;er</source>
        <translation>采样器</translation>
    </message>
    <message>
        <source>See how several tokenizers cut the text, and how their tokens are built</source>
        <translation>查看多个分词器如何切分文本，以及其词元如何构成</translation>
    </message>
    <message>
        <source>Select the next place where the selected token stands</source>
        <translation>选择所选词元出现的下一处</translation>
    </message>
    <message>
        <source>Select the place before where the selected token stands</source>
        <translation>选择所选词元出现的上一处</translation>
    </message>
    <message>
        <source>Select the token after which the entropy, what can still come, is largest</source>
        <translation>选中其后的熵最大、后续最难预料的词元</translation>
    </message>
    <message>
        <source>Select the token that was closest to the likeliest other one in probability</source>
        <translation>选中与其余最可能者的概率最接近的词元</translation>
    </message>
    <message>
        <source>Select the token that was least expected</source>
        <translation>选中最出乎意料的词元</translation>
    </message>
    <message>
        <source>Shade the text by what the selected token looks at, or by what looks at it</source>
        <translation>按选中词元看向什么、或被什么看，为文本着色</translation>
    </message>
    <message>
        <source>Show me the &amp;code</source>
        <translation>看代码</translation>
    </message>
    <message>
        <source>Show the functions that computed what the lesson shows</source>
        <translation>显示算出本课内容的那些函数</translation>
    </message>
    <message>
        <source>Show the model&apos;s own panels beside the lesson&apos;s text, or the experiment</source>
        <translation>在课文旁显示模型的主面板，或显示实验</translation>
    </message>
    <message>
        <source>Show the stages of the sampler, switch and reorder them, and see what each removes</source>
        <translation>显示采样器的各阶段，可开关、调整顺序，并查看各自排除了什么</translation>
    </message>
    <message>
        <source>Show the surprise of every token of the text, its mean and perplexity</source>
        <translation>显示全文每个词元的意外度、其均值与困惑度</translation>
    </message>
    <message>
        <source>Show title bars by which panels can be moved and closed</source>
        <translation>显示标题栏，用以移动和关闭面板</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Stop at the &amp;end of the text</source>
        <translation>在文本结束处停止</translation>
    </message>
    <message>
        <source>Stop generating; the tokens made so far stay</source>
        <translation>停止生成；已生成的词元保留</translation>
    </message>
    <message>
        <source>Surprise &amp;timeline</source>
        <translation>意外度时间线</translation>
    </message>
    <message>
        <source>Surprise s&amp;hading in the prompt</source>
        <translation>提示词中的意外度着色</translation>
    </message>
    <message>
        <source>Take the score of one query and one key apart, down to the logit it moves; also by Enter on a cell, or by a click until the inspector has been closed once</source>
        <translation>拆解一个查询与一个键的分数，直到它改变的 logit；也可在单元格上按回车键，或在首次关闭查看器之前单击单元格</translation>
    </message>
    <message>
        <source>Take the text for a message to a chat model: its template makes the prompt, which is shown as it is sent</source>
        <translation>把文本当作发给对话模型的消息：由其模板生成提示词，并按实际发送的样子显示</translation>
    </message>
    <message>
        <source>The system&apos;s own text size</source>
        <translation>系统自身的字号</translation>
    </message>
    <message>
        <source>Tint each token of the prompt by how surprising it was</source>
        <translation>按意外程度为提示词的每个词元着色</translation>
    </message>
    <message>
        <source>To&amp;kenizers</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>Token nearest to a &amp;tie</source>
        <translation>最难分胜负的词元</translation>
    </message>
    <message>
        <source>Undo the last edit</source>
        <translation>撤销上一次编辑</translation>
    </message>
    <message>
        <source>Use a model from a GGUF file</source>
        <translation>使用 GGUF 文件中的模型</translation>
    </message>
    <message>
        <source>Use a model in Hugging Face format from a folder</source>
        <translation>使用文件夹中 Hugging Face 格式的模型</translation>
    </message>
    <message>
        <source>Version, licence and what this is built on</source>
        <translation>版本、许可证及所用组件</translation>
    </message>
    <message>
        <source>Write a figure or the numbers of the lesson&apos;s experiment to a file</source>
        <translation>把本课实验的图或数据写入文件</translation>
    </message>
    <message>
        <source>Write a picture of the whole window to a file</source>
        <translation>把整个窗口的图片写入文件</translation>
    </message>
    <message>
        <source>Write every generated token with what it was drawn from as a figure or a table</source>
        <translation>将每个生成的词元及其抽取时的分布写成图或表</translation>
    </message>
    <message>
        <source>Write the candidates to a file, as a figure or as numbers</source>
        <translation>把各候选写入文件，作为图或数值</translation>
    </message>
    <message>
        <source>Write the head on show to a PDF file, sharp at any size</source>
        <translation>把当前注意力头写入 PDF 文件，放大后依然清晰</translation>
    </message>
    <message>
        <source>Write the head on show to a PNG file</source>
        <translation>把当前注意力头写入 PNG 文件</translation>
    </message>
    <message>
        <source>Write the head on show to an SVG file, sharp at any size</source>
        <translation>把当前注意力头写入 SVG 文件，放大后依然清晰</translation>
    </message>
    <message>
        <source>Write the picture of all heads to a PDF file, sharp at any size</source>
        <translation>把全部注意力头的图写入 PDF 文件，放大后依然清晰</translation>
    </message>
    <message>
        <source>Write the picture of all heads to a PNG file</source>
        <translation>把全部注意力头的图写入 PNG 文件</translation>
    </message>
    <message>
        <source>Write the picture of all heads to an SVG file, sharp at any size</source>
        <translation>把全部注意力头的图写入 SVG 文件，放大后依然清晰</translation>
    </message>
    <message>
        <source>Write the surprise of every token as a figure or a table</source>
        <translation>将每个词元的意外度写成图或表</translation>
    </message>
    <message>
        <source>Write the thumbnails of all heads to an npz file</source>
        <translation>把全部注意力头的缩略图写入 npz 文件</translation>
    </message>
    <message>
        <source>Write the tokens and their surprise to a file, as a figure or as numbers</source>
        <translation>把各词元及其意外度写入文件，作为图或数值</translation>
    </message>
    <message>
        <source>Write the weights of the head on show to a CSV file</source>
        <translation>把当前注意力头的权重写入 CSV 文件</translation>
    </message>
    <message>
        <source>Write the weights of the head on show to an npz file</source>
        <translation>把当前注意力头的权重写入 npz 文件</translation>
    </message>
    <message>
        <source>Write what is on show to a file: as a figure with a preview, or as numbers</source>
        <translation>把当前所示写入文件：可预览的图，或数值</translation>
    </message>
</context>
<context>
    <name>dialogs</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>--all is every head: it goes without --layer, --head and --json.</source>
        <translation>--all 表示所有头：不能与 --layer、--head、--json 同用。</translation>
    </message>
    <message>
        <source>--all needs --out FILE: what is all heads&apos; is too much for a table.</source>
        <translation>--all 需要 --out FILE：全部头的内容太多，不宜列成表。</translation>
    </message>
    <message>
        <source>--ascending needs something to rank by: --by or a region.</source>
        <translation>--ascending 需要有排名依据：请给出 --by 或区域。</translation>
    </message>
    <message>
        <source>--bias takes a token, = and a number, such as &apos; the=-2&apos;, not {text}.</source>
        <translation>--bias 需要一个词元、= 和一个数，例如 &apos; the=-2&apos;，而不是 {text}。</translation>
    </message>
    <message>
        <source>--history is for --chat.</source>
        <translation>--history 只能与 --chat 一起使用。</translation>
    </message>
    <message>
        <source>--resume goes on with the settings of the checkpoint: give no other.</source>
        <translation>--resume 会沿用检查点的设置，请不要再给出其他设置。</translation>
    </message>
    <message>
        <source>--system is for --chat.</source>
        <translation>--system 用于 --chat。</translation>
    </message>
    <message>
        <source>--token takes a word of at most {n} characters.</source>
        <translation>--token 只接受至多 {n} 个字符的词。</translation>
    </message>
    <message>
        <source>--{name} is an option of the window; {command} cannot use it there.</source>
        <translation>--{name} 是窗口的选项；{command} 在那里不能使用它。</translation>
    </message>
    <message>
        <source>--{name} takes no TEXT beside it.</source>
        <translation>--{name} 不能与 TEXT 同用。</translation>
    </message>
    <message>
        <source>A conversation goes from user to assistant and back, with the system&apos;s line in front; message {n} is by {role}.</source>
        <translation>对话应由用户与助手轮流发言，系统消息在最前；第 {n} 条消息来自 {role}。</translation>
    </message>
    <message>
        <source>A conversation is a list of objects with &quot;role&quot; and &quot;content&quot;.</source>
        <translation>对话应是由含有“role”和“content”的对象组成的列表。</translation>
    </message>
    <message>
        <source>A conversation that the model is to answer ends with the user&apos;s message.</source>
        <translation>要让模型回答的对话应以用户的消息结尾。</translation>
    </message>
    <message>
        <source>A mean over heads has no queries and keys of its own: choose one head.</source>
        <translation>各头的平均没有自己的查询和键：请选择单个头。</translation>
    </message>
    <message>
        <source>A model of the architecture {architecture} cannot be run here: the installed transformers fails on a text of {n} tokens.</source>
        <translation>无法在此运行 {architecture} 架构的模型：已安装的 transformers 在 {n} 个词元的文本上出错。</translation>
    </message>
    <message>
        <source>A model of the architecture {architecture} cannot be shown: its logits are not what it makes of its final hidden states, or differ from one run to the next.</source>
        <translation>无法展示 {architecture} 架构的模型：它的 logit 并非由最终隐藏状态得出，或每次运行都不同。</translation>
    </message>
    <message>
        <source>A region takes both --rows and --columns.</source>
        <translation>区域需要同时给出 --rows 和 --columns。</translation>
    </message>
    <message>
        <source>A step of this training would hold {n} million numbers, and at most {most} million fit: choose shorter or fewer rows, or smaller sizes.</source>
        <translation>这样训练的一步要存 {n} 百万个数，最多只能有 {most} 百万个：请减少行数、缩短每行，或减小模型尺寸。</translation>
    </message>
    <message>
        <source>A stop string must not be empty.</source>
        <translation>停止字符串不能为空。</translation>
    </message>
    <message>
        <source>A training is under way: stop it first.</source>
        <translation>正在训练：请先停止。</translation>
    </message>
    <message>
        <source>A window of {window} token has nothing to predict from: two are the least.</source>
        <translation>窗口只有 {window} 个词元，没有可用于预测的上文：至少需要两个。</translation>
    </message>
    <message>
        <source>A window of {window} tokens is more than the context of {name}: {context_length}.</source>
        <translation>窗口的 {window} 个词元超过了 {name} 的上下文：{context_length}。</translation>
    </message>
    <message>
        <source>A word needs at least one token.</source>
        <translation>一个词至少需要一个词元。</translation>
    </message>
    <message>
        <source>A {stage} penalty of {value} is too extreme: the penalised logits are not finite.</source>
        <translation>{stage} 惩罚 {value} 过于极端：惩罚后的 logit 不是有限数。</translation>
    </message>
    <message>
        <source>After {step} steps {name} holds numbers that are not finite: nothing was saved, and the last checkpoint is kept. Lower the learning rate.</source>
        <translation>第 {step} 步之后，{name} 含有非有限的数值：未保存任何内容，保留上一个检查点。请降低学习率。</translation>
    </message>
    <message>
        <source>After {step} steps {name} holds numbers that are not finite: the model was not written.</source>
        <translation>{step} 步之后，{name} 里有不是有限值的数：模型没有写出。</translation>
    </message>
    <message>
        <source>Another process could not be started ({reason}); other programs may leave it no room.</source>
        <translation>无法启动另一个进程（{reason}）；可能是其他程序没有给它留下空间。</translation>
    </message>
    <message>
        <source>Cannot make the folder {folder}: {reason}.</source>
        <translation>无法创建文件夹 {folder}：{reason}。</translation>
    </message>
    <message>
        <source>Cannot read the tokenizer file {path}: {reason}.</source>
        <translation>无法读取分词器文件 {path}：{reason}。</translation>
    </message>
    <message>
        <source>Cannot read {path}: it is a pipe or a device, which may never end. Give an ordinary file.</source>
        <translation>无法读取 {path}：它是管道或设备，可能永无结尾。请指定普通文件。</translation>
    </message>
    <message>
        <source>Cannot read {path}: permission denied.</source>
        <translation>无法读取 {path}：没有权限。</translation>
    </message>
    <message>
        <source>Cannot read {path}: that is a folder. Give a file.</source>
        <translation>无法读取 {path}：这是一个文件夹。请指定文件。</translation>
    </message>
    <message>
        <source>Cannot read {path}: the name is too long.</source>
        <translation>无法读取 {path}：名称过长。</translation>
    </message>
    <message>
        <source>Cannot read {path}: there is no such file.</source>
        <translation>无法读取 {path}：没有这个文件。</translation>
    </message>
    <message>
        <source>Cannot read {path}: {reason}.</source>
        <translation>无法读取 {path}：{reason}。</translation>
    </message>
    <message>
        <source>Cannot write {path}: it is not an ordinary file.</source>
        <translation>无法写入 {path}：它不是普通文件。</translation>
    </message>
    <message>
        <source>Cannot write {path}: permission denied. Choose another folder.</source>
        <translation>无法写入 {path}：没有权限。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Cannot write {path}: that disk can only be read. Choose another folder.</source>
        <translation>无法写入 {path}：该磁盘只读。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Cannot write {path}: that is a folder. Give a file name.</source>
        <translation>无法写入 {path}：这是一个文件夹。请给出文件名。</translation>
    </message>
    <message>
        <source>Cannot write {path}: the disk is full. Free some space or choose another.</source>
        <translation>无法写入 {path}：磁盘已满。请腾出空间或选择其他磁盘。</translation>
    </message>
    <message>
        <source>Cannot write {path}: the file would be larger than is allowed here.</source>
        <translation>无法写入 {path}：文件将超过此处允许的大小。</translation>
    </message>
    <message>
        <source>Cannot write {path}: the name is too long.</source>
        <translation>无法写入 {path}：名称过长。</translation>
    </message>
    <message>
        <source>Cannot write {path}: there is no folder {folder}. Make it first.</source>
        <translation>无法写入 {path}：没有文件夹 {folder}。请先创建它。</translation>
    </message>
    <message>
        <source>Cannot write {path}: your disk quota is used up. Choose another folder.</source>
        <translation>无法写入 {path}：磁盘配额已用完。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Cannot write {path}: {folder} is not a folder.</source>
        <translation>无法写入 {path}：{folder} 不是文件夹。</translation>
    </message>
    <message>
        <source>Cannot write {path}: {reason}.</source>
        <translation>无法写入 {path}：{reason}。</translation>
    </message>
    <message>
        <source>Choose a cell of the map, or press Enter on it, to take its score apart.</source>
        <translation>请点选图上的一格，或在其上按回车键，以拆解其分数。</translation>
    </message>
    <message>
        <source>Download {size}</source>
        <translation>下载 {size}</translation>
    </message>
    <message>
        <source>Every token that could still be drawn is banned: take one off the list of {n}.</source>
        <translation>所有仍可抽取的词元都被禁用：请从 {n} 项的列表中去掉一项。</translation>
    </message>
    <message>
        <source>Find heads that look at the token before</source>
        <translation>找出看前一个词元的头</translation>
    </message>
    <message>
        <source>From 1 to {most} texts can be looked at together, not {n}.</source>
        <translation>一次可以看 1 到 {most} 段文本，而不是 {n} 段。</translation>
    </message>
    <message>
        <source>From 1 to {most} tokens can be written out, not {n}.</source>
        <translation>可以写出 1 到 {most} 个词元，而不是 {n} 个。</translation>
    </message>
    <message>
        <source>Give either a TEXT to translate or --check N.</source>
        <translation>请给出要翻译的 TEXT，或者 --check N，二者择一。</translation>
    </message>
    <message>
        <source>In a text of {n} tokens this model&apos;s attention looks at other tokens than its configuration says, so its weights cannot be shown: shorten the text.</source>
        <translation>在 {n} 个词元的文本中，该模型的注意力所看的词元与其配置所写不符，因此无法展示权重：请缩短文本。</translation>
    </message>
    <message>
        <source>In a text of {n} tokens {architecture} turns the positions of all of them otherwise, so no more than one token can be tried out after this one.</source>
        <translation>文本达到 {n} 个词元时，{architecture} 对全部位置采用另一种旋转，因此在此文本之后最多只能试一个词元。</translation>
    </message>
    <message>
        <source>Keep the first {n:,} tokens</source>
        <translation>保留前 {n:,} 个词元</translation>
    </message>
    <message>
        <source>Keep the last {n:,} tokens</source>
        <translation>保留后 {n:,} 个词元</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>稍后</translation>
    </message>
    <message>
        <source>Layer {layer} keeps no values of its own, and this query is not shown that of the key: what the key offers is not known.</source>
        <translation>第 {layer} 层没有自己的值，而此查询也看不到该键的值：无法得知该键提供什么。</translation>
    </message>
    <message>
        <source>Layer {layer} of {architecture} changes what its heads give before it is projected: what one pair alone writes has no length of its own.</source>
        <translation>{architecture} 的第 {layer} 层会在投影之前改变各头的输出：单独一对所写入的内容没有自己的长度。</translation>
    </message>
    <message>
        <source>Layer {layer} of {architecture} has no attention weights to show; these have: {layers}.</source>
        <translation>{architecture} 的第 {layer} 层没有可展示的注意力权重；有权重的层是：{layers}。</translation>
    </message>
    <message>
        <source>Length and width must be from 1, got {length} and {width}</source>
        <translation>长度和宽度至少为 1，得到 {length} 和 {width}</translation>
    </message>
    <message>
        <source>Load it on the processor</source>
        <translation>在处理器上加载</translation>
    </message>
    <message>
        <source>Message {n} of the conversation is no object with &quot;role&quot; and &quot;content&quot; as texts.</source>
        <translation>对话的第 {n} 条消息不是“role”和“content”均为文本的对象。</translation>
    </message>
    <message>
        <source>New here? Type, and everything follows. Or try one of these:</source>
        <translation>第一次来？输入文字，一切随之变化。也可以试试：</translation>
    </message>
    <message>
        <source>No font on this machine has Chinese characters; they appear as boxes. On Debian or Ubuntu: sudo apt-get install fonts-noto-cjk</source>
        <translation>本机没有含汉字的字体，汉字会显示为方框。在 Debian 或 Ubuntu 上：sudo apt-get install fonts-noto-cjk</translation>
    </message>
    <message>
        <source>No model could be found here.</source>
        <translation>这里找不到模型。</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>尚未加载模型。</translation>
    </message>
    <message>
        <source>No model is loaded. Choose one from the Model menu, or drop a folder here.</source>
        <translation>尚未加载模型。请从“模型”菜单选择，或把模型文件夹拖到这里。</translation>
    </message>
    <message>
        <source>No more than {n} heads can be pinned.</source>
        <translation>最多只能固定 {n} 个头。</translation>
    </message>
    <message>
        <source>No more than {n} words can be followed.</source>
        <translation>最多只能跟踪 {n} 个词。</translation>
    </message>
    <message>
        <source>No pair of tokens is inspected that could be exported.</source>
        <translation>没有正在查看的词元对可供导出。</translation>
    </message>
    <message>
        <source>No prompt has been read yet.</source>
        <translation>尚未读取提示词。</translation>
    </message>
    <message>
        <source>No text of {n} tokens of {name} was found to measure with.</source>
        <translation>找不到 {name} 的 {n} 个词元的文本可供测量。</translation>
    </message>
    <message>
        <source>No token of the text was generated here: there are no steps.</source>
        <translation>文本中没有在此生成的词元：没有步骤可导出。</translation>
    </message>
    <message>
        <source>No word follows another: write two words with white space between them.</source>
        <translation>没有词跟在另一个词之后：请写两个以空白隔开的词。</translation>
    </message>
    <message>
        <source>None of these words is a single token of this model: type others.</source>
        <translation>这些词在这个模型里没有一个是单个词元：换别的词。</translation>
    </message>
    <message>
        <source>Nothing ever follows {word} in these sentences.</source>
        <translation>在这些句子中，{word} 之后从未有词。</translation>
    </message>
    <message>
        <source>Nothing was generated: the model ended the text at once.</source>
        <translation>什么也没有生成：模型立即结束了文本。</translation>
    </message>
    <message>
        <source>Of the {total} layers of {architecture}, {n} without attention to show: their rows stay empty.</source>
        <translation>{architecture} 共 {total} 层，其中 {n} 层没有可展示的注意力：这些行留空。</translation>
    </message>
    <message>
        <source>Point at a cell of the map to copy its weight.</source>
        <translation>请指向图上的一格，以复制其权重。</translation>
    </message>
    <message>
        <source>PySide6 {version} on Python {python} loses memory at every call and will crash this window. Install another one: pip install &quot;PySide6-Essentials&lt;6.12&quot;</source>
        <translation>Python {python} 上的 PySide6 {version} 每次调用都会丢失引用，并会使本窗口崩溃。请安装其他版本：pip install &quot;PySide6-Essentials&lt;6.12&quot;</translation>
    </message>
    <message>
        <source>Random tokens take a vocabulary and a length of at least 2, got {size} and {n}</source>
        <translation>随机词元需要词表大小和长度都至少为 2，实际为 {size} 和 {n}</translation>
    </message>
    <message>
        <source>Restart now</source>
        <translation>立即重启</translation>
    </message>
    <message>
        <source>Rotary embedding needs an even width and a base above 0, got {width} and {base}</source>
        <translation>旋转位置编码需要偶数宽度和大于 0 的底数，而这里是 {width} 和 {base}</translation>
    </message>
    <message>
        <source>See what came after an earlier token</source>
        <translation>看看前面某个词元之后是什么</translation>
    </message>
    <message>
        <source>Something unexpected went wrong: {kind}: {message}</source>
        <translation>发生意外错误：{kind}：{message}</translation>
    </message>
    <message>
        <source>Special tokens are ordinary text in this lesson.</source>
        <translation>在这一课里，特殊词元只是普通文本。</translation>
    </message>
    <message>
        <source>Standard input is longer than {limit} MB, the most that is read. Give a part of it.</source>
        <translation>标准输入超过 {limit} MB 的读取上限。请只提供其中一部分。</translation>
    </message>
    <message>
        <source>Standard input is not UTF-8: byte {value} at offset {offset} is not allowed there.</source>
        <translation>标准输入不是 UTF-8：偏移 {offset} 处不允许出现字节 {value}。</translation>
    </message>
    <message>
        <source>Stopped at {text}.</source>
        <translation>已在 {text} 处停止。</translation>
    </message>
    <message>
        <source>TEXT is - but standard input is closed.</source>
        <translation>TEXT 为 -，但标准输入已关闭。</translation>
    </message>
    <message>
        <source>TEXT is missing: what is to be cut into tokens?</source>
        <translation>缺少 TEXT：要把什么切分成词元？</translation>
    </message>
    <message>
        <source>Take lesson 1</source>
        <translation>学第 1 课</translation>
    </message>
    <message>
        <source>The JSON is no view: its &quot;format&quot; is not &quot;{format}&quot;.</source>
        <translation>此 JSON 不是视图：其 &quot;format&quot; 不是 &quot;{format}&quot;。</translation>
    </message>
    <message>
        <source>The architecture {architecture} has no attention weights to show.</source>
        <translation>架构 {architecture} 没有可显示的注意力权重。</translation>
    </message>
    <message>
        <source>The attention weights hold values that are not numbers, so nothing is drawn. Try another prompt, or load the model in float32.</source>
        <translation>注意力权重中有非数值，因此不绘制。请换一个提示词，或以 float32 加载模型。</translation>
    </message>
    <message>
        <source>The candidates are on the clipboard, as a table.</source>
        <translation>各候选已以表格形式放到剪贴板。</translation>
    </message>
    <message>
        <source>The chat template is not in use any more.</source>
        <translation>对话模板已不再使用。</translation>
    </message>
    <message>
        <source>The configuration in {path} asks for {n:,.0f} million numbers, and there are {held:,.1f} million in its weights, so the model was refused.</source>
        <translation>{path} 中的配置要求 {n:,.0f} 百万个数，而权重里只有 {held:,.1f} 百万个，因此拒绝了这个模型。</translation>
    </message>
    <message>
        <source>The configuration in {path} is none that {model_type} could have: its values contradict one another or are of the wrong kind.</source>
        <translation>{path} 中的配置不可能属于 {model_type}：其中的值互相矛盾或类型不对。</translation>
    </message>
    <message>
        <source>The configuration in {path} says {key} = {value}, and there are too few weights for that.</source>
        <translation>{path} 中的配置写着 {key} = {value}，但权重不够。</translation>
    </message>
    <message>
        <source>The configuration in {path} says {key} = {value}, which cannot be.</source>
        <translation>{path} 中的配置写着 {key} = {value}，这不可能。</translation>
    </message>
    <message>
        <source>The context has no room for all tokens of this word.</source>
        <translation>上下文容不下这个词的全部词元。</translation>
    </message>
    <message>
        <source>The context must be from 0 to {most} tokens, got {value}</source>
        <translation>上下文须为 0 到 {most} 个词元，得到 {value}</translation>
    </message>
    <message>
        <source>The context must be from 1 to {most} tokens, got {value}</source>
        <translation>上下文须为 1 到 {most} 个词元，得到 {value}</translation>
    </message>
    <message>
        <source>The context of {context_length:,} tokens is full; nothing more can be generated.</source>
        <translation>{context_length:,} 个词元的上下文已满，无法继续生成。</translation>
    </message>
    <message>
        <source>The conversation has more than {n:,} characters: start a new one.</source>
        <translation>对话超过 {n:,} 个字符：请开始新的对话。</translation>
    </message>
    <message>
        <source>The conversion of {path} ended unexpectedly (status {status}); there may be too little memory.</source>
        <translation>{path} 的转换意外结束（状态 {status}）；可能是内存不足。</translation>
    </message>
    <message>
        <source>The device {device} has failed and cannot be used any more: load the model on the processor, or start the program again.</source>
        <translation>设备 {device} 出现故障，无法继续使用：请改在处理器上加载模型，或重新启动程序。</translation>
    </message>
    <message>
        <source>The download of {name} could not be started: {reason}.</source>
        <translation>无法开始下载 {name}：{reason}。</translation>
    </message>
    <message>
        <source>The download of {name} ended without saying why (status {code}). Try again; what was fetched is kept.</source>
        <translation>{name} 的下载不明原因地结束（状态 {code}）。请重试；已下载的部分会保留。</translation>
    </message>
    <message>
        <source>The downloaded {distribution} {version} does not hold the expected file, so it was thrown away. Try again.</source>
        <translation>下载的 {distribution} {version} 中没有预期的文件，已丢弃。请重试。</translation>
    </message>
    <message>
        <source>The engine gave no answer for these words.</source>
        <translation>引擎没有对这些词给出结果。</translation>
    </message>
    <message>
        <source>The engine gave no answer for this pair.</source>
        <translation>引擎没有对这一对给出结果。</translation>
    </message>
    <message>
        <source>The engine gave no answer for this prompt.</source>
        <translation>引擎没有对此提示词给出结果。</translation>
    </message>
    <message>
        <source>The engine gave no attention for this prompt.</source>
        <translation>引擎没有对此提示词给出注意力。</translation>
    </message>
    <message>
        <source>The engine gave no log-probability for some tokens.</source>
        <translation>引擎没有给出某些词元的对数概率。</translation>
    </message>
    <message>
        <source>The experiment is as at the beginning; your answers are kept.</source>
        <translation>实验已恢复到开始时的样子；你的答案仍保留。</translation>
    </message>
    <message>
        <source>The figure of {width} × {height} pixels could not be written as PNG: {reason}. Try a smaller one.</source>
        <translation>{width} × {height} 像素的图无法写成 PNG：{reason}。请试试小一些的图。</translation>
    </message>
    <message>
        <source>The file says nothing of a view.</source>
        <translation>该文件中没有视图信息。</translation>
    </message>
    <message>
        <source>The file splits text by the rule {rule!r}, which is not known here; GPT-2&apos;s is used, and some words may be cut otherwise than in the model&apos;s training.</source>
        <translation>该文件按规则 {rule!r} 切分文本，此规则在这里未知；改用 GPT-2 的规则，有些词的切分可能与模型训练时不同。</translation>
    </message>
    <message>
        <source>The folder {path} cannot be made: {reason}.</source>
        <translation>无法创建文件夹 {path}：{reason}。</translation>
    </message>
    <message>
        <source>The generation ended without a reason.</source>
        <translation>生成不明原因地结束。</translation>
    </message>
    <message>
        <source>The glossary of the lessons cannot be read: {reason}. Install the program anew.</source>
        <translation>无法读取课程术语表：{reason}。请重新安装程序。</translation>
    </message>
    <message>
        <source>The head is on the clipboard.</source>
        <translation>注意力头已放到剪贴板。</translation>
    </message>
    <message>
        <source>The hub answered with an error ({reason}). Try again later.</source>
        <translation>Hub 返回错误（{reason}）。请稍后重试。</translation>
    </message>
    <message>
        <source>The hub asks for a login to read {name!r}: accept its conditions on its page, run `hf auth login`, and try again.</source>
        <translation>读取 {name!r} 需要登录 Hub：请在其页面上接受条款，运行 `hf auth login`，然后重试。</translation>
    </message>
    <message>
        <source>The hub cannot be reached. Check the connection and try again; what was fetched so far is kept.</source>
        <translation>无法连接 Hub。请检查网络连接后重试；已下载的部分会保留。</translation>
    </message>
    <message>
        <source>The hub has no model {name!r} that can be read without a login. Check the spelling; for a private model run `hf auth login` first.</source>
        <translation>Hub 上没有无需登录即可读取的模型 {name!r}。请检查拼写；若是私有模型，请先运行 `hf auth login`。</translation>
    </message>
    <message>
        <source>The hub has sent nothing for {reason} seconds. Try again; what was fetched so far is kept.</source>
        <translation>Hub 已有 {reason} 秒没有发来数据。请重试；已下载的部分会保留。</translation>
    </message>
    <message>
        <source>The hub is limiting requests from this address. Wait a few minutes and try again.</source>
        <translation>Hub 正在限制来自此地址的请求。请等几分钟再试。</translation>
    </message>
    <message>
        <source>The hub&apos;s cache does not say which snapshot of {name} is current; {commit} is used.</source>
        <translation>Hub 缓存没有说明 {name} 的哪个快照是当前的；使用了 {commit}。</translation>
    </message>
    <message>
        <source>The language changes with the next start. The text is kept.</source>
        <translation>语言将在下次启动时更改，文本会保留。</translation>
    </message>
    <message>
        <source>The learned positions cannot be read: {reason}. Install the program anew.</source>
        <translation>无法读取学出来的位置：{reason}。请重新安装程序。</translation>
    </message>
    <message>
        <source>The learning rate must be above 0, got {value}</source>
        <translation>学习率必须大于 0，得到 {value}</translation>
    </message>
    <message>
        <source>The longest run must be from 1, got {value}</source>
        <translation>最长片段至少为 1，实际为 {value}</translation>
    </message>
    <message>
        <source>The loss is not a number after {step} steps: a learning rate of {rate} is too high for this model. Lower it; what was saved before is kept.</source>
        <translation>第 {step} 步之后损失不再是数值：学习率 {rate} 对这个模型过高。请降低学习率；此前保存的内容仍然保留。</translation>
    </message>
    <message>
        <source>The loss is not a number after {step} steps: a learning rate of {rate} is too high. Lower it.</source>
        <translation>{step} 步之后损失不再是数：学习率 {rate} 太高。请调低。</translation>
    </message>
    <message>
        <source>The loss jumps about instead of settling: a learning rate of {rate} is too high. Lower it.</source>
        <translation>损失上下跳动，稳定不下来：学习率 {rate} 太高了，请调低。</translation>
    </message>
    <message>
        <source>The mask hides every token from token {row}: leave it something to look at.</source>
        <translation>掩码对词元 {row} 遮住了所有词元：请给它留下可看的。</translation>
    </message>
    <message>
        <source>The mask must be {expected}, not {found}.</source>
        <translation>掩码应为 {expected}，而不是 {found}。</translation>
    </message>
    <message>
        <source>The message has more than {n:,} characters: shorten it.</source>
        <translation>消息超过 {n:,} 个字符：请缩短。</translation>
    </message>
    <message>
        <source>The messages are on the clipboard.</source>
        <translation>消息已放到剪贴板。</translation>
    </message>
    <message>
        <source>The model ({architecture}) does not predict the next token from the ones before it, so it cannot be shown.</source>
        <translation>该模型（{architecture}）并非根据前面的词元预测下一个词元，因此无法展示。</translation>
    </message>
    <message>
        <source>The model brings program code along; it was ignored and the library&apos;s own {model_type} is used.</source>
        <translation>该模型附带程序代码；代码已被忽略，改用库自带的 {model_type}。</translation>
    </message>
    <message>
        <source>The model cannot be written to {path}: {reason}.</source>
        <translation>无法把模型写入 {path}：{reason}。</translation>
    </message>
    <message>
        <source>The model ended its text here.</source>
        <translation>模型在此结束了文本。</translation>
    </message>
    <message>
        <source>The model gave numbers that are not finite: its weights or its precision are at fault. Try another dtype.</source>
        <translation>模型给出了非有限的数值：问题在于其权重或精度。请换一种数值类型。</translation>
    </message>
    <message>
        <source>The model gives numbers that are not finite (NaN or infinity).</source>
        <translation>模型给出了非有限的数值（NaN 或无穷大）。</translation>
    </message>
    <message>
        <source>The model in {path} ({model_type}) does not predict the next token from the ones before it, so it cannot be shown.</source>
        <translation>{path} 中的模型（{model_type}）不是根据前文预测下一个词元的模型，因此无法显示。</translation>
    </message>
    <message>
        <source>The model in {path} ({name}) does not predict the next token from the ones before it, so it cannot be shown.</source>
        <translation>{path} 中的模型（{name}）不是根据前文预测下一个词元的模型，因此无法显示。</translation>
    </message>
    <message>
        <source>The model in {path} is of the type {model_type!r}, which the installed transformers does not know as a causal language model.</source>
        <translation>{path} 中的模型类型为 {model_type!r}，已安装的 transformers 不认识这种因果语言模型。</translation>
    </message>
    <message>
        <source>The model in {path} runs only with program code of its own, which is never executed here. Look for a version of it for the standard transformers library.</source>
        <translation>{path} 中的模型只能配合其自带的程序代码运行，而这里绝不执行此类代码。请寻找适用于标准 transformers 库的版本。</translation>
    </message>
    <message>
        <source>The model is reading the text.</source>
        <translation>模型正在读取文本。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template does what templates are not allowed to do.</source>
        <translation>模型的对话模板做了模板不允许做的事。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template ended the process that renders it; it may take too much memory.</source>
        <translation>该模型的对话模板使渲染它的进程终止；可能占用了过多内存。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template fails on this conversation.</source>
        <translation>模型的对话模板处理这段对话时出错。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template has more than {n:,} characters and was not read.</source>
        <translation>模型的对话模板超过 {n:,} 个字符，没有读取。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template is damaged: its line {line} cannot be understood.</source>
        <translation>模型的对话模板已损坏：第 {line} 行无法理解。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template makes more than {n:,} characters.</source>
        <translation>模型的对话模板生成了超过 {n:,} 个字符。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template refuses this conversation: {words}</source>
        <translation>模型的对话模板拒绝了这段对话：{words}</translation>
    </message>
    <message>
        <source>The model&apos;s chat template takes longer than {seconds:g} seconds and was stopped.</source>
        <translation>该模型的对话模板耗时超过 {seconds:g} 秒，已停止。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template takes too much memory.</source>
        <translation>模型的对话模板占用内存过多。</translation>
    </message>
    <message>
        <source>The number of beams must be from 1 to {most}, got {value}</source>
        <translation>束宽须为 1 到 {most}，得到 {value}</translation>
    </message>
    <message>
        <source>The number of draws must be at least 0, got {n}.</source>
        <translation>抽取次数至少为 0，得到 {n}。</translation>
    </message>
    <message>
        <source>The package index cannot be reached to fetch {requirement}. Check the connection and try again.</source>
        <translation>无法连接软件包索引以获取 {requirement}。请检查网络连接后重试。</translation>
    </message>
    <message>
        <source>The package index that pip uses here does not have {requirement}.</source>
        <translation>此处 pip 使用的软件包索引没有 {requirement}。</translation>
    </message>
    <message>
        <source>The parts of this head do not add up to what layer {layer} of {architecture} computes, so nothing is said of what it writes.</source>
        <translation>此头的各部分之和与 {architecture} 的第 {layer} 层的计算结果不符，因此不说明它写入了什么。</translation>
    </message>
    <message>
        <source>The pasted text has {n} characters, and this box takes {most}: open it as a file.</source>
        <translation>粘贴的文本有 {n} 个字符，而这个框最多容纳 {most} 个：请作为文件打开。</translation>
    </message>
    <message>
        <source>The picture of all heads is on the clipboard.</source>
        <translation>全部注意力头的图片已放到剪贴板。</translation>
    </message>
    <message>
        <source>The pipeline has token {token_id}, but the vocabulary of {model} ends at {last}.</source>
        <translation>采样流程中有词元 {token_id}，但 {model} 的词表只到 {last}。</translation>
    </message>
    <message>
        <source>The pipeline is in {path}.</source>
        <translation>采样流程已写入 {path}。</translation>
    </message>
    <message>
        <source>The process in which tokenizers are tried cannot be started.</source>
        <translation>无法启动用于试验分词器的进程。</translation>
    </message>
    <message>
        <source>The process that renders chat templates cannot be started.</source>
        <translation>无法启动渲染对话模板的进程。</translation>
    </message>
    <message>
        <source>The prompt has {n_tokens} tokens; the model reads at most {context_length}.</source>
        <translation>提示词有 {n_tokens} 个词元；模型最多读取 {context_length} 个。</translation>
    </message>
    <message>
        <source>The prompt is empty: there is nothing to export.</source>
        <translation>提示词为空：没有可导出的内容。</translation>
    </message>
    <message>
        <source>The row&apos;s weights are on the clipboard, as a table.</source>
        <translation>该行的权重已以表格形式放到剪贴板。</translation>
    </message>
    <message>
        <source>The sentence has {n} words: type from 2 to {most}.</source>
        <translation>这句话有 {n} 个词：请输入 2 到 {most} 个。</translation>
    </message>
    <message>
        <source>The sentence has {n} words; at most {most} have room here: shorten it.</source>
        <translation>这句话有 {n} 个词；这里最多放得下 {most} 个：请缩短。</translation>
    </message>
    <message>
        <source>The sparse attention of {model_type} is computed as full attention.</source>
        <translation>{model_type} 的稀疏注意力按完整注意力计算。</translation>
    </message>
    <message>
        <source>The stages must be {stages}, each once, got {order}</source>
        <translation>各阶段必须是 {stages}，每个恰好一次，得到 {order}</translation>
    </message>
    <message>
        <source>The stride must be below the window of {window} tokens, not {stride}: otherwise a window&apos;s first token would have nothing before it.</source>
        <translation>步长必须小于窗口的 {window} 个词元，不能是 {stride}：否则窗口的第一个词元之前没有内容。</translation>
    </message>
    <message>
        <source>The surprise of the tokens is not known yet.</source>
        <translation>词元的意外度尚不可知。</translation>
    </message>
    <message>
        <source>The target must be next or same, got {value}</source>
        <translation>目标必须是 next 或 same，实际为 {value}</translation>
    </message>
    <message>
        <source>The text has not been read: you stopped it. Change it to read it again.</source>
        <translation>文本尚未读完：您已停止读取。修改文本即可重新读取。</translation>
    </message>
    <message>
        <source>The text has {n_tokens:,} tokens; {model} reads at most {context_length:,}.</source>
        <translation>文本有 {n_tokens:,} 个词元；{model} 最多读取 {context_length:,} 个。</translation>
    </message>
    <message>
        <source>The text has {n} characters, and a column of the batch takes {least}: write more.</source>
        <translation>文本有 {n} 个字符，而批次的一列就要 {least} 个：请再多写一些。</translation>
    </message>
    <message>
        <source>The text has {n} characters, more than {most}: take a part of it.</source>
        <translation>文本有 {n} 个字符，超过了 {most} 个：请只取一部分。</translation>
    </message>
    <message>
        <source>The text has {n} different characters, and the model knows {most}: take a shorter text.</source>
        <translation>文本有 {n} 种不同的字符，而模型只认得 {most} 种：请换短一些的文本。</translation>
    </message>
    <message>
        <source>The text has {n} different {unit}, and at most {most} can be learned: take a shorter text, or characters.</source>
        <translation>文本中有 {n} 种不同的{unit}，最多只能学习 {most} 种：请换用较短的文本，或改用字符。</translation>
    </message>
    <message>
        <source>The text has {n} different {unit}: to learn what comes next, it takes two.</source>
        <translation>文本中只有 {n} 种不同的{unit}：要学习下一个是什么，至少需要两种。</translation>
    </message>
    <message>
        <source>The text has {n} tokens, and at most {most} are counted: take a part of it.</source>
        <translation>文本有 {n} 个词元，最多统计 {most} 个：请截取一部分。</translation>
    </message>
    <message>
        <source>The text has {n} tokens, too few for a context of {context}: it needs {least}.</source>
        <translation>文本有 {n} 个词元，对长度为 {context} 的上下文来说太少：至少需要 {least} 个。</translation>
    </message>
    <message>
        <source>The text has {n} words: begin again.</source>
        <translation>文本已有 {n} 个词：请重新开始。</translation>
    </message>
    <message>
        <source>The text has {n} {unit} to train on, too few for rows of {length}: take a longer text or shorter rows.</source>
        <translation>可用于训练的文本有 {n} 个{unit}，不足以组成长度为 {length} 的行：请换用更长的文本或更短的行。</translation>
    </message>
    <message>
        <source>The text is longer than {most} MB, the most that a lesson reads: take a part of it.</source>
        <translation>文本超过 {most} MB，这是课程能读的上限：请取其中一部分。</translation>
    </message>
    <message>
        <source>The text of the conversation is on the clipboard.</source>
        <translation>对话的文本已放到剪贴板。</translation>
    </message>
    <message>
        <source>The text of this lesson cannot be read: {reason}. Install the program anew.</source>
        <translation>无法读取本课的文字：{reason}。请重新安装本程序。</translation>
    </message>
    <message>
        <source>The text repeats one single token, {token}: there is nothing to predict.</source>
        <translation>文本只重复同一个词元 {token}：没有可预测的内容。</translation>
    </message>
    <message>
        <source>The text was cut in another way in the main window, as with special tokens: its vectors cannot be walked through.</source>
        <translation>主窗口里这段文本的切法不同（例如含有特殊词元）：无法走完它的向量。</translation>
    </message>
    <message>
        <source>The text&apos;s tokens are not known.</source>
        <translation>文本的词元未知。</translation>
    </message>
    <message>
        <source>The tokenizer file {path} is damaged. Install the program again.</source>
        <translation>分词器文件 {path} 已损坏。请重新安装本程序。</translation>
    </message>
    <message>
        <source>The tokenizer in {folder} has no form that can be read here: save it as tokenizer.json.</source>
        <translation>{folder} 中的分词器不是这里能读的形式：请把它保存为 tokenizer.json。</translation>
    </message>
    <message>
        <source>The tokenizer of {name} breaks on simple texts, so it was refused.</source>
        <translation>{name} 的分词器处理简单文本就会崩溃，因此被拒绝。</translation>
    </message>
    <message>
        <source>The tokenizer of {name} cannot cut this text: its own code failed.</source>
        <translation>{name} 的分词器无法切分这段文本：它自身的代码出错了。</translation>
    </message>
    <message>
        <source>The tokenizer of {name} ended the process in which it was tried, so it was refused; it may take too much memory.</source>
        <translation>{name} 的分词器使试验它的进程中止，因此被拒绝；它可能占用内存过多。</translation>
    </message>
    <message>
        <source>The tokenizer of {name} has {tokens} tokens and the model only {rows}; they do not belong together.</source>
        <translation>{name} 的分词器有 {tokens} 个词元，而模型只有 {rows} 个；两者不配套。</translation>
    </message>
    <message>
        <source>The tokenizer of {name} is damaged, or of a kind that is not known here.</source>
        <translation>{name} 的分词器已损坏，或属于这里不认识的类型。</translation>
    </message>
    <message>
        <source>The tokenizer of {name} makes much more of a text than stands in it, which could fill the memory, so it was refused.</source>
        <translation>{name} 的分词器会把文本膨胀到远超原文，可能占满内存，因此被拒绝。</translation>
    </message>
    <message>
        <source>The tokenizer of {name} takes more than {seconds:.0f} seconds for short texts, so it was refused.</source>
        <translation>{name} 的分词器处理短文本要超过 {seconds:.0f} 秒，因此被拒绝。</translation>
    </message>
    <message>
        <source>The training could not be started: {reason}.</source>
        <translation>无法启动训练：{reason}。</translation>
    </message>
    <message>
        <source>The training ended unexpectedly after step {step} (status {status}). Nothing had been saved yet: start it again.</source>
        <translation>训练在第 {step} 步之后意外结束（状态 {status}）。当时还没有保存：请重新开始。</translation>
    </message>
    <message>
        <source>The training ended unexpectedly after step {step} (status {status}). The checkpoint of step {saved} is kept: go on from there.</source>
        <translation>训练在第 {step} 步之后意外结束（状态 {status}）。第 {saved} 步的检查点还在：可以从那里继续。</translation>
    </message>
    <message>
        <source>The translator does not know {word}: it translates only numbers up to 99,999 and dates from 1900 to 2099, in words.</source>
        <translation>翻译模型不认识 {word}：它只翻译用文字写出的数字（不超过 99,999）和日期（1900 到 2099 年）。</translation>
    </message>
    <message>
        <source>The translator in {folder} cannot be used: {reason}. Install the program anew, or train it with models/train_translator.py.</source>
        <translation>{folder} 中的翻译模型无法使用：{reason}。请重新安装程序，或用 models/train_translator.py 训练。</translation>
    </message>
    <message>
        <source>The translator knows dates from {first} to {last}, got {value}</source>
        <translation>翻译模型认识 {first} 到 {last} 的日期，得到 {value}</translation>
    </message>
    <message>
        <source>The translator knows numbers from 0 to {most}, got {value}</source>
        <translation>翻译模型认识 0 到 {most} 的数字，得到 {value}</translation>
    </message>
    <message>
        <source>The translator was trained for other words than this program has: install the program anew, or train it again.</source>
        <translation>翻译模型训练时用的词与本程序不同：请重新安装程序，或重新训练。</translation>
    </message>
    <message>
        <source>The vectors of a text are walked through up to {most} tokens, and this has {n}: shorten it.</source>
        <translation>向量最多走 {most} 个词元，这段文本有 {n} 个：请缩短。</translation>
    </message>
    <message>
        <source>The view cannot be read: &quot;{name}&quot; must be {expected}, not {value}.</source>
        <translation>无法读取视图：&quot;{name}&quot; 必须为 {expected}，而不是 {value}。</translation>
    </message>
    <message>
        <source>The view cannot be read: {reason}</source>
        <translation>无法读取视图：{reason}</translation>
    </message>
    <message>
        <source>The view has no pair of tokens under inspection.</source>
        <translation>该视图中没有所查看的词元对。</translation>
    </message>
    <message>
        <source>The view has no pinned heads.</source>
        <translation>该视图没有固定头。</translation>
    </message>
    <message>
        <source>The view is not JSON.</source>
        <translation>该视图不是 JSON。</translation>
    </message>
    <message>
        <source>The view is too long to be read: {n:,} characters.</source>
        <translation>视图过长，无法读取：{n:,} 个字符。</translation>
    </message>
    <message>
        <source>The view was written by a later program: it has version {version}, and this one reads up to {known}.</source>
        <translation>该视图由更新版本的程序写成：其版本为 {version}，而本程序最高读到 {known}。</translation>
    </message>
    <message>
        <source>The vocabulary of {name} has too few words of one token to measure with.</source>
        <translation>{name} 的词表中单词元的词太少，无法测量。</translation>
    </message>
    <message>
        <source>The weight is on the clipboard.</source>
        <translation>权重已放到剪贴板。</translation>
    </message>
    <message>
        <source>The weights are on the clipboard, as a table.</source>
        <translation>各权重已以表格形式放到剪贴板。</translation>
    </message>
    <message>
        <source>The weights in {path} are quantised in a way that needs further software. Take the original model or its GGUF version.</source>
        <translation>{path} 中的权重所用的量化方式需要额外的软件。请使用原始模型或其 GGUF 版本。</translation>
    </message>
    <message>
        <source>The weights in {path} do not fit the {model_type} architecture.</source>
        <translation>{path} 中的权重与 {model_type} 架构不符。</translation>
    </message>
    <message>
        <source>The word “{word}” is not in “{text}”: write it in.</source>
        <translation>“{text}”里没有“{word}”这个词：请写进去。</translation>
    </message>
    <message>
        <source>The {model_type} architecture names no context length; up to {n} tokens are read.</source>
        <translation>{model_type} 架构没有给出上下文长度；最多读取 {n} 个词元。</translation>
    </message>
    <message>
        <source>There are no attention weights to draw: their shape is {shape}.</source>
        <translation>没有可绘制的注意力权重：其形状为 {shape}。</translation>
    </message>
    <message>
        <source>There are no attention weights to draw: they are of {n} tokens, the text has {n_text}.</source>
        <translation>没有可绘制的注意力权重：它们属于 {n} 个词元，而文本有 {n_text} 个。</translation>
    </message>
    <message>
        <source>There are no attention weights to draw: {shape} of them are there for {expected} cells.</source>
        <translation>没有可绘制的注意力权重：有 {shape} 个，而单元格为 {expected}。</translation>
    </message>
    <message>
        <source>There are no heads on show to export.</source>
        <translation>当前没有可导出的全部注意力头。</translation>
    </message>
    <message>
        <source>There are no next-token bars on show to export.</source>
        <translation>当前没有可导出的下一个词元的柱条。</translation>
    </message>
    <message>
        <source>There are no pinned heads whose weights are known.</source>
        <translation>没有已知权重的固定头。</translation>
    </message>
    <message>
        <source>There are no sampler&apos;s stages on show to export.</source>
        <translation>没有正在显示的采样器环节可供导出。</translation>
    </message>
    <message>
        <source>There are no tokens on show to export.</source>
        <translation>当前没有可导出的词元。</translation>
    </message>
    <message>
        <source>There are no weights in {path}: {name} is missing.</source>
        <translation>{path} 中没有权重：缺少 {name}。</translation>
    </message>
    <message>
        <source>There are {n} different words, and this table takes {most}: take a shorter text, or count n-grams instead.</source>
        <translation>有 {n} 个不同的词，而此表最多容纳 {most} 个：请用较短的文本，或改为统计 n 元组。</translation>
    </message>
    <message>
        <source>There is no checkpoint {path}.</source>
        <translation>没有检查点 {path}。</translation>
    </message>
    <message>
        <source>There is no device {device!r}; say auto, cpu, cuda, cuda:N or mps.</source>
        <translation>没有设备 {device!r}；可用 auto、cpu、cuda、cuda:N 或 mps。</translation>
    </message>
    <message>
        <source>There is no encoding called {name}; known are {known}.</source>
        <translation>没有名为 {name} 的编码；已知的有 {known}。</translation>
    </message>
    <message>
        <source>There is no head of at most {n} tokens on show to be drawn as lines.</source>
        <translation>没有正在显示且不超过 {n} 个词元的头可画成连线。</translation>
    </message>
    <message>
        <source>There is no head on show to export.</source>
        <translation>当前没有可导出的注意力头。</translation>
    </message>
    <message>
        <source>There is no head {head} in {name}: heads go from 0 to {last}.</source>
        <translation>{name} 中没有头 {head}：头从 0 到 {last}。</translation>
    </message>
    <message>
        <source>There is no head {head}: they go from 0 to {last}.</source>
        <translation>没有头 {head}：编号从 0 到 {last}。</translation>
    </message>
    <message>
        <source>There is no head {value}: the model has {count} a layer, counted from 0.</source>
        <translation>没有头 {value}：模型每层有 {count} 个头，从 0 数起。</translation>
    </message>
    <message>
        <source>There is no held-out text: take a longer text.</source>
        <translation>没有留出的文本：请用更长的文本。</translation>
    </message>
    <message>
        <source>There is no layer {layer} in {name}: layers go from 0 to {last}.</source>
        <translation>{name} 中没有第 {layer} 层：层从 0 到 {last}。</translation>
    </message>
    <message>
        <source>There is no layer {value}: the model has {count}, counted from 0.</source>
        <translation>没有第 {value} 层：模型共有 {count} 层，从 0 数起。</translation>
    </message>
    <message>
        <source>There is no model at hand: open one and type a text.</source>
        <translation>手头没有模型：打开一个，再输入文本。</translation>
    </message>
    <message>
        <source>There is no model at hand: open one, and it is asked.</source>
        <translation>手头没有模型：打开一个，就会去问它。</translation>
    </message>
    <message>
        <source>There is no model at {path}.</source>
        <translation>{path} 处没有模型。</translation>
    </message>
    <message>
        <source>There is no model folder {path}.</source>
        <translation>没有模型文件夹 {path}。</translation>
    </message>
    <message>
        <source>There is no model {name} to remove.</source>
        <translation>没有可删除的模型 {name}。</translation>
    </message>
    <message>
        <source>There is no model {path}.</source>
        <translation>没有模型 {path}。</translation>
    </message>
    <message>
        <source>There is no mps device here: choose cpu.</source>
        <translation>这台机器没有 mps 设备：请选择 cpu。</translation>
    </message>
    <message>
        <source>There is no number type {dtype!r}; say auto, float32, bfloat16 or float16.</source>
        <translation>没有数值类型 {dtype!r}；可用 auto、float32、bfloat16 或 float16。</translation>
    </message>
    <message>
        <source>There is no pair of words to learn from.</source>
        <translation>没有可供学习的词对。</translation>
    </message>
    <message>
        <source>There is no text to paste: copy one first.</source>
        <translation>没有可粘贴的文本：请先复制一段。</translation>
    </message>
    <message>
        <source>There is no text to train on: paste or open one.</source>
        <translation>没有可供训练的文本：请粘贴或打开一个。</translation>
    </message>
    <message>
        <source>There is no token to ask for: type a word, or an id such as #42.</source>
        <translation>没有可查找的词元：请输入一个词，或 #42 这样的编号。</translation>
    </message>
    <message>
        <source>There is no token to predict from: type something.</source>
        <translation>没有可供预测的词元：请输入一些文字。</translation>
    </message>
    <message>
        <source>There is no token {id} in {name}: ids go from 0 to {last}.</source>
        <translation>{name} 中没有词元 {id}：编号从 0 到 {last}。</translation>
    </message>
    <message>
        <source>There is no token {position}: the prompt has {n_tokens}.</source>
        <translation>没有第 {position} 个词元：提示词共有 {n_tokens} 个。</translation>
    </message>
    <message>
        <source>There is no token {token_id} to favour or ban: the vocabulary has {size}.</source>
        <translation>没有词元 {token_id} 可供偏好或禁用：词表共有 {size} 个。</translation>
    </message>
    <message>
        <source>There is no tokenizer in {folder}.</source>
        <translation>{folder} 中没有分词器。</translation>
    </message>
    <message>
        <source>There is no tokenizer {name}: choose {names}.</source>
        <translation>没有分词器 {name}：可选 {names}。</translation>
    </message>
    <message>
        <source>There is no training in {folder}: choose a folder with a {name}.</source>
        <translation>{folder} 里没有训练：请选择一个含有 {name} 的文件夹。</translation>
    </message>
    <message>
        <source>There is no window to export.</source>
        <translation>没有可导出的窗口。</translation>
    </message>
    <message>
        <source>There is no word to count: write a sentence.</source>
        <translation>没有可统计的词：请写一个句子。</translation>
    </message>
    <message>
        <source>There is no word to predict from.</source>
        <translation>没有可供预测的词。</translation>
    </message>
    <message>
        <source>There is no {name} {value}: choose among {known}.</source>
        <translation>没有 {name} {value}：可选 {known}。</translation>
    </message>
    <message>
        <source>There is no {name}: torch sees {n} CUDA devices.</source>
        <translation>没有 {name}：torch 检测到 {n} 个 CUDA 设备。</translation>
    </message>
    <message>
        <source>There is not enough memory for a model of these sizes: choose smaller ones.</source>
        <translation>内存放不下这样大的模型：请选小一些的尺寸。</translation>
    </message>
    <message>
        <source>There is not enough memory for this prompt on {device}: shorten it.</source>
        <translation>{device} 上的内存不足以处理此提示词：请缩短它。</translation>
    </message>
    <message>
        <source>There is not enough memory for {name} on {device}; it runs on the processor.</source>
        <translation>{device} 上的内存不足以运行 {name}；改在处理器上运行。</translation>
    </message>
    <message>
        <source>There is not enough memory for {name}.</source>
        <translation>内存不足以运行 {name}。</translation>
    </message>
    <message>
        <source>There is nothing to continue: write a word.</source>
        <translation>没有可以续写的内容：请写一个词。</translation>
    </message>
    <message>
        <source>There is nothing to export yet: run the experiment.</source>
        <translation>还没有可导出的内容：请先运行实验。</translation>
    </message>
    <message>
        <source>There is nothing to read: type a sentence.</source>
        <translation>没有可读的内容：请输入一句话。</translation>
    </message>
    <message>
        <source>There is nothing to score: of the text&apos;s tokens ({n_tokens}) none has another before it.</source>
        <translation>没有可评分的内容：文本的词元（{n_tokens} 个）之前都没有其他词元。</translation>
    </message>
    <message>
        <source>There is nothing to translate: write a number or a date in words.</source>
        <translation>没有要翻译的内容：请用文字写出一个数字或日期。</translation>
    </message>
    <message>
        <source>There must be as many {one} as {other}, not {n} and {m}.</source>
        <translation>{one} 与 {other} 的数量必须相同，而不是 {n} 和 {m}。</translation>
    </message>
    <message>
        <source>There was not enough memory for this. Try a shorter text or a smaller model.</source>
        <translation>内存不足。请缩短文本或换用较小的模型。</translation>
    </message>
    <message>
        <source>These numbers are too large to multiply: take smaller ones.</source>
        <translation>这些数值太大，无法相乘：请换用较小的数值。</translation>
    </message>
    <message>
        <source>This is no training job: {reason}</source>
        <translation>这不是一项训练任务：{reason}</translation>
    </message>
    <message>
        <source>This is {name}, a toy that came with the program. {better} is a real language model.</source>
        <translation>这是随程序附带的玩具模型 {name}。{better} 才是真正的语言模型。</translation>
    </message>
    <message>
        <source>This model draws random numbers while it reads a text of such a length, so that it answers otherwise each time: there is nothing true to show.</source>
        <translation>该模型读取这样长的文本时会抽取随机数，每次的回答都不同：没有真实的结果可以展示。</translation>
    </message>
    <message>
        <source>This model has no attention to show.</source>
        <translation>此模型没有可显示的注意力。</translation>
    </message>
    <message>
        <source>This model would have {n} million parameters, and at most {most} million are trained here: choose smaller sizes.</source>
        <translation>该模型将有 {n} 百万个参数，而这里最多训练 {most} 百万个：请选择较小的尺寸。</translation>
    </message>
    <message>
        <source>This text has {n} characters, and the lesson cuts up to {most}: take a part of it, or put it into the main window.</source>
        <translation>这段文本有 {n} 个字符，这一课最多切 {most} 个：请取其中一部分，或者放到主窗口里。</translation>
    </message>
    <message>
        <source>This tokenizer changes the word before it cuts it.</source>
        <translation>这个分词器在切分之前会改动单词。</translation>
    </message>
    <message>
        <source>This view is of {model}, which is not on this machine; it is shown with {used}.</source>
        <translation>此视图来自 {model}，而本机没有该模型；现以 {used} 显示。</translation>
    </message>
    <message>
        <source>This view was made with other weights than those of {model} here: its numbers may differ.</source>
        <translation>制作此视图所用的权重与此处 {model} 的不同：其数值可能有差异。</translation>
    </message>
    <message>
        <source>This weight is hidden by choice: show it to copy it.</source>
        <translation>该权重已按选择隐藏：先显示它才能复制。</translation>
    </message>
    <message>
        <source>This word has {n} characters, and up to {most} have room here.</source>
        <translation>这个单词有 {n} 个字符，这里最多放得下 {most} 个。</translation>
    </message>
    <message>
        <source>This word is followed already.</source>
        <translation>已在跟踪这个词。</translation>
    </message>
    <message>
        <source>Token id {token_id} does not exist: the model knows {n_ids} tokens.</source>
        <translation>词元编号 {token_id} 不存在：模型只认识 {n_ids} 个词元。</translation>
    </message>
    <message>
        <source>Token id {token_id} does not exist: the model knows {n_ids} tokens. The tokenizer belongs to another model.</source>
        <translation>词元编号 {token_id} 不存在：模型只认识 {n_ids} 个词元。该分词器属于另一个模型。</translation>
    </message>
    <message>
        <source>Token id {token_id} fills empty places in this model, and positions are counted without it: it cannot be part of a text.</source>
        <translation>词元编号 {token_id} 在该模型中用于填充空位，位置计数不含它：它不能成为文本的一部分。</translation>
    </message>
    <message>
        <source>Training {n} parameters takes {needed} GB of memory, and {free} GB are free: choose smaller sizes.</source>
        <translation>训练 {n} 个参数需要 {needed} GB 内存，而可用内存只有 {free} GB：请选择更小的规模。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Type a token, a word, or an id such as #42.</source>
        <translation>请输入词元、词，或 #42 这样的编号。</translation>
    </message>
    <message>
        <source>Type a word.</source>
        <translation>请输入一个单词。</translation>
    </message>
    <message>
        <source>Type at least two words: one has no order.</source>
        <translation>至少输入两个词：一个词谈不上顺序。</translation>
    </message>
    <message>
        <source>Type at least two words: one has nothing to be compared with.</source>
        <translation>请至少输入两个词：只有一个，就没有可比的。</translation>
    </message>
    <message>
        <source>Type something to see what the model makes of it.</source>
        <translation>输入一些文字，看看模型如何理解。</translation>
    </message>
    <message>
        <source>Type the letter to count.</source>
        <translation>请输入要数的字母。</translation>
    </message>
    <message>
        <source>What passes between the layers of {architecture} cannot be told apart.</source>
        <translation>无法分辨 {architecture} 各层之间传递的内容。</translation>
    </message>
    <message>
        <source>What {architecture} keeps of a text cannot be continued here, so words of several tokens cannot be tried out after it.</source>
        <translation>{architecture} 对文本保留的内容无法在此续写，因此不能在其后试用由多个词元组成的词。</translation>
    </message>
    <message>
        <source>What {architecture} keeps of a text cannot be cut back or continued here: every edit runs the whole text again.</source>
        <translation>{architecture} 对文本保留的内容无法在此截短或续写：每次编辑都会重新运行整段文本。</translation>
    </message>
    <message>
        <source>Written to {path}</source>
        <translation>已写入 {path}</translation>
    </message>
    <message>
        <source>columns {first} to {last} are not in the prompt of {n_units} sentences.</source>
        <translation>列 {first} 到 {last} 不在这段 {n_units} 个句子的提示词中。</translation>
    </message>
    <message>
        <source>columns {first} to {last} are not in the prompt of {n_units} tokens.</source>
        <translation>列 {first} 到 {last} 不在这段 {n_units} 个词元的提示词中。</translation>
    </message>
    <message>
        <source>columns {first} to {last} are not in the prompt of {n_units} words.</source>
        <translation>列 {first} 到 {last} 不在这段 {n_units} 个词的提示词中。</translation>
    </message>
    <message>
        <source>dropout must be from 0 to below 1, got {value}</source>
        <translation>dropout 须不小于 0 且小于 1，得到 {value}</translation>
    </message>
    <message>
        <source>most_cells must be at least 1, got {n}.</source>
        <translation>most_cells 至少为 1，得到 {n}。</translation>
    </message>
    <message>
        <source>mps cannot be used: PyTorch sees no Apple GPU on this machine.</source>
        <translation>无法使用 mps：PyTorch 在本机没有发现 Apple GPU。</translation>
    </message>
    <message>
        <source>pip could not fetch {requirement}: {reason}</source>
        <translation>pip 无法获取 {requirement}：{reason}</translation>
    </message>
    <message>
        <source>pip is missing from this Python environment; add it with `python -m ensurepip` and try again.</source>
        <translation>此 Python 环境缺少 pip；请用 `python -m ensurepip` 安装后重试。</translation>
    </message>
    <message>
        <source>repetition penalty must be above 0, got {value}</source>
        <translation>重复惩罚必须大于 0，得到 {value}</translation>
    </message>
    <message>
        <source>rows {first} to {last} are not in the prompt of {n_units} sentences.</source>
        <translation>行 {first} 到 {last} 不在这段 {n_units} 个句子的提示词中。</translation>
    </message>
    <message>
        <source>rows {first} to {last} are not in the prompt of {n_units} tokens.</source>
        <translation>行 {first} 到 {last} 不在这段 {n_units} 个词元的提示词中。</translation>
    </message>
    <message>
        <source>rows {first} to {last} are not in the prompt of {n_units} words.</source>
        <translation>行 {first} 到 {last} 不在这段 {n_units} 个词的提示词中。</translation>
    </message>
    <message>
        <source>smoothing must be from 0 to {most}, got {value}</source>
        <translation>平滑值必须在 0 到 {most} 之间，实际为 {value}</translation>
    </message>
    <message>
        <source>temperature must be a number from 0, got {value}</source>
        <translation>温度须为不小于 0 的数，得到 {value}</translation>
    </message>
    <message>
        <source>the following arguments are required: {missing}</source>
        <translation>缺少以下必需的参数：{missing}</translation>
    </message>
    <message>
        <source>top-k must be from 0, got {value}</source>
        <translation>top-k 须不小于 0，得到 {value}</translation>
    </message>
    <message>
        <source>top-p must be above 0 and at most 1, got {value}</source>
        <translation>top-p 须大于 0 且不超过 1，得到 {value}</translation>
    </message>
    <message>
        <source>top_mass must be above 0 and at most 1, got {top_mass}.</source>
        <translation>top_mass 须大于 0 且不超过 1，得到 {top_mass}。</translation>
    </message>
    <message>
        <source>typical_p must be above 0 and at most 1, got {value}</source>
        <translation>typical_p 须大于 0 且不超过 1，得到 {value}</translation>
    </message>
    <message>
        <source>{architecture} hands out only its attention weights, not the queries and keys that they come from: no pair of tokens can be taken apart.</source>
        <translation>{architecture} 只给出注意力权重，不给出得到它们的查询和键：无法拆解任何词元对。</translation>
    </message>
    <message>
        <source>{computed} tokens were computed instead of {n}: the comparison would be wrong.</source>
        <translation>计算了 {computed} 个词元而不是 {n} 个：比较会是错误的。</translation>
    </message>
    <message>
        <source>{device} cannot be used: PyTorch sees {n} CUDA devices on this machine.</source>
        <translation>无法使用 {device}：PyTorch 在本机发现 {n} 个 CUDA 设备。</translation>
    </message>
    <message>
        <source>{length} x {width} is too large: at most {most} numbers are computed.</source>
        <translation>{length} x {width} 太大：最多计算 {most} 个数。</translation>
    </message>
    <message>
        <source>{model} has no chat template: it continues a text, but is no chat model.</source>
        <translation>{model} 没有对话模板：它能续写文本，但不是对话模型。</translation>
    </message>
    <message>
        <source>{model} is being loaded.</source>
        <translation>正在加载 {model}。</translation>
    </message>
    <message>
        <source>{n:,} characters are too many to paste: at most {most:,} are taken here; open a longer text as a file.</source>
        <translation>粘贴 {n:,} 个字符太多了：这里最多接受 {most:,} 个；更长的文本请以文件打开。</translation>
    </message>
    <message>
        <source>{name!r} cannot be written to the disk: {reason}.</source>
        <translation>无法把 {name!r} 写入磁盘：{reason}。</translation>
    </message>
    <message>
        <source>{name!r} could not be fetched: {reason}</source>
        <translation>无法获取 {name!r}：{reason}</translation>
    </message>
    <message>
        <source>{name!r} has no tokenizer, so it cannot read text.</source>
        <translation>{name!r} 没有分词器，因此无法读取文本。</translation>
    </message>
    <message>
        <source>{name!r} has no weights in the safetensors format, the only one that is loaded from the hub.</source>
        <translation>{name!r} 没有 safetensors 格式的权重，而从 Hub 只加载这种格式。</translation>
    </message>
    <message>
        <source>{name!r} is no model that is known here, no name on the hub, and no path.</source>
        <translation>{name!r} 不是这里已知的模型，不是 Hub 上的名称，也不是路径。</translation>
    </message>
    <message>
        <source>{name!r} is not on this machine, and the environment variable HF_HUB_OFFLINE forbids fetching it.</source>
        <translation>本机没有 {name!r}，而环境变量 HF_HUB_OFFLINE 禁止下载。</translation>
    </message>
    <message>
        <source>{name!r} was changed on the hub while it was fetched. Try again.</source>
        <translation>{name!r} 在下载期间于 Hub 上被更改。请重试。</translation>
    </message>
    <message>
        <source>{name} belongs to the program and is not removed.</source>
        <translation>{name} 属于本程序，不会删除。</translation>
    </message>
    <message>
        <source>{name} belongs to the program but is missing from it; install it again.</source>
        <translation>{name} 属于本程序但已缺失；请重新安装。</translation>
    </message>
    <message>
        <source>{name} cannot be deleted: {reason}.</source>
        <translation>无法删除 {name}：{reason}。</translation>
    </message>
    <message>
        <source>{name} cannot be read as {encoding}.</source>
        <translation>无法以 {encoding} 读取 {name}。</translation>
    </message>
    <message>
        <source>{name} cannot be read from {path}: {reason}.</source>
        <translation>无法从 {path} 读取 {name}：{reason}。</translation>
    </message>
    <message>
        <source>{name} cannot be used: {reason}</source>
        <translation>无法使用 {name}：{reason}</translation>
    </message>
    <message>
        <source>{name} cannot be written to {path}: {reason}.</source>
        <translation>无法把 {name} 写入 {path}：{reason}。</translation>
    </message>
    <message>
        <source>{name} cannot cut a text with more than {n} spaces or line ends in a row.</source>
        <translation>{name} 无法切分含有连续超过 {n} 个空格或换行的文本。</translation>
    </message>
    <message>
        <source>{name} carries no view of this program. Text files can be opened, and figures, tables and views that were exported here.</source>
        <translation>{name} 不含本程序的视图。可以打开文本文件，以及在这里导出的图、表格和视图。</translation>
    </message>
    <message>
        <source>{name} changes the text before it cuts it, so that it cannot be aligned with others.</source>
        <translation>{name} 在切分前会改动文本，因此无法与其他分词器对齐。</translation>
    </message>
    <message>
        <source>{name} could not be loaded from {path}: what its files say does not fit together for the installed transformers. Fetch or convert the model again.</source>
        <translation>无法从 {path} 加载 {name}：对已安装的 transformers 来说，其文件内容互不相符。请重新获取或转换该模型。</translation>
    </message>
    <message>
        <source>{name} does not fit into memory.</source>
        <translation>内存装不下 {name}。</translation>
    </message>
    <message>
        <source>{name} has a field &quot;{field}&quot; that no sampler has.</source>
        <translation>{name} 含有采样器没有的字段 &quot;{field}&quot;。</translation>
    </message>
    <message>
        <source>{name} has no attention to show.</source>
        <translation>{name} 没有可显示的注意力。</translation>
    </message>
    <message>
        <source>{name} has no chat template: leave out --chat.</source>
        <translation>{name} 没有对话模板：请去掉 --chat。</translation>
    </message>
    <message>
        <source>{name} has no token with the id {id}.</source>
        <translation>{name} 没有 id 为 {id} 的词元。</translation>
    </message>
    <message>
        <source>{name} has version {version}, and this program reads up to {known}.</source>
        <translation>{name} 的版本为 {version}，而本程序最高读到 {known}。</translation>
    </message>
    <message>
        <source>{name} holds no stages of a sampler.</source>
        <translation>{name} 中没有采样器的阶段。</translation>
    </message>
    <message>
        <source>{name} holds no stages of a sampler: its &quot;format&quot; is not &quot;{format}&quot;.</source>
        <translation>{name} 中没有采样器的阶段：其 &quot;format&quot; 不是 &quot;{format}&quot;。</translation>
    </message>
    <message>
        <source>{name} is a file or folder of yours; delete it yourself.</source>
        <translation>{name} 是您自己的文件或文件夹；请自行删除。</translation>
    </message>
    <message>
        <source>{name} is not JSON.</source>
        <translation>{name} 不是 JSON。</translation>
    </message>
    <message>
        <source>{name} is not UTF-8. Choose the encoding it was written in.</source>
        <translation>{name} 不是 UTF-8。请选择它所用的编码。</translation>
    </message>
    <message>
        <source>{name} is not a text file. Text files can be opened, and figures, tables and views that were exported here.</source>
        <translation>{name} 不是文本文件。可以打开文本文件，以及在这里导出的图、表格和视图。</translation>
    </message>
    <message>
        <source>{name} is not on this machine and cannot be downloaded because of --offline.</source>
        <translation>本机没有 {name}，由于 --offline 也无法下载。</translation>
    </message>
    <message>
        <source>{name} is not on this machine and cannot be downloaded because of --offline. {used} is used instead.</source>
        <translation>本机没有 {name}，由于 --offline 也无法下载，改用 {used}。</translation>
    </message>
    <message>
        <source>{name} is not on this machine, and fetching is switched off.</source>
        <translation>本机没有 {name}，而下载已关闭。</translation>
    </message>
    <message>
        <source>{name} is not on this machine; `visualizer models fetch {name}` brings it.</source>
        <translation>本机没有 {name}；可用 `visualizer models fetch {name}` 获取。</translation>
    </message>
    <message>
        <source>{name} must be at least {low}, got {value}</source>
        <translation>{name} 至少为 {low}，得到 {value}</translation>
    </message>
    <message>
        <source>{name} must be from 1, got {value}</source>
        <translation>{name} 至少为 1，得到 {value}</translation>
    </message>
    <message>
        <source>{name} must be from {low} to {high}, got {value}</source>
        <translation>{name} 须在 {low} 到 {high} 之间，得到 {value}</translation>
    </message>
    <message>
        <source>{name} must be from {low}, got {value}</source>
        <translation>{name} 至少为 {low}，实际为 {value}</translation>
    </message>
    <message>
        <source>{name} must have {expected} rows, as many as X has columns, not {found}.</source>
        <translation>{name} 须有 {expected} 行，与 X 的列数相同，而不是 {found} 行。</translation>
    </message>
    <message>
        <source>{name} needs {needed:.1f} GB {where}, and {free:.1f} GB are free.</source>
        <translation>{name} 需要 {needed:.1f} GB（{where}），可用 {free:.1f} GB。</translation>
    </message>
    <message>
        <source>{name} should end in {endings} or {last}: the ending decides what is written.</source>
        <translation>{name} 应以 {endings} 或 {last} 结尾：写入什么由扩展名决定。</translation>
    </message>
    <message>
        <source>{n} draws cannot have been made: the prompt has {n_tokens} tokens.</source>
        <translation>不可能已抽取 {n} 次：提示词有 {n_tokens} 个词元。</translation>
    </message>
    <message>
        <source>{n} heads do not divide a width of {width} evenly.</source>
        <translation>{n} 个头不能整除宽度 {width}。</translation>
    </message>
    <message>
        <source>{n} heads do not divide a width of {width} evenly: choose a multiple of {n}.</source>
        <translation>{n} 个头不能整除宽度 {width}：请选择 {n} 的倍数。</translation>
    </message>
    <message>
        <source>{n} of {total} weight files are missing in {path}; the first is {name}.</source>
        <translation>{path} 中缺少 {total} 个权重文件中的 {n} 个；第一个是 {name}。</translation>
    </message>
    <message>
        <source>{n} special tokens of the tokenizer are unknown to the model and cannot be used.</source>
        <translation>分词器有 {n} 个特殊词元不为模型所知，无法使用。</translation>
    </message>
    <message>
        <source>{n} tensors of the file are not used by the model: {names}.</source>
        <translation>文件中有 {n} 个张量未被模型使用：{names}。</translation>
    </message>
    <message>
        <source>{n} tokens are too many: this model takes {most}.</source>
        <translation>{n} 个词元太多：此模型最多 {most} 个。</translation>
    </message>
    <message>
        <source>{n} tokens are too many: this transformer takes {most}.</source>
        <translation>{n} 个词元太多：此 Transformer 最多 {most} 个。</translation>
    </message>
    <message>
        <source>{n} weights in {path} have other shapes than its configuration says: {names}.</source>
        <translation>{path} 中有 {n} 个权重的形状与其配置不符：{names}。</translation>
    </message>
    <message>
        <source>{n} words are too many for the map: take up to {most}.</source>
        <translation>{n} 个词太多，图上放不下：最多 {most} 个。</translation>
    </message>
    <message>
        <source>{n} words are too many: the translator takes {most}.</source>
        <translation>{n} 个词太多：翻译模型最多接受 {most} 个。</translation>
    </message>
    <message>
        <source>{other} is being downloaded; wait for it or cancel it before {name}.</source>
        <translation>正在下载 {other}；请等它完成或先取消，再下载 {name}。</translation>
    </message>
    <message>
        <source>{path} begins like a JSON list but is none.</source>
        <translation>{path} 开头像 JSON 列表，但并不是。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: it does not say {key}.</source>
        <translation>无法转换 {path}：其中没有写明 {key}。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: it has {n} tensors that the {architecture} model of transformers does not know: {names}. Use the model in Hugging Face format instead.</source>
        <translation>无法转换 {path}：其中有 {n} 个张量是 transformers 的 {architecture} 模型不认识的：{names}。请改用 Hugging Face 格式的模型。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: it holds numbers of the type {kind}, which cannot be read here.</source>
        <translation>无法转换 {path}：其中含有类型为 {kind} 的数值，这里无法读取。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: it needs {needed:.1f} GB of memory, and {free:.1f} GB are free.</source>
        <translation>无法转换 {path}：需要 {needed:.1f} GB 内存，可用 {free:.1f} GB。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: it needs {needed:.1f} GB on the disk, and {free:.1f} GB are free.</source>
        <translation>无法转换 {path}：需要 {needed:.1f} GB 磁盘空间，可用 {free:.1f} GB。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: it says {key} = {value}, which cannot be honoured here. Use the model in Hugging Face format instead.</source>
        <translation>无法转换 {path}：其中写明 {key} = {value}，这里无法遵从。请改用 Hugging Face 格式的模型。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: its architecture {architecture} is not read from GGUF here. Use the model in Hugging Face format instead.</source>
        <translation>无法转换 {path}：这里不能从 GGUF 读取 {architecture} 架构。请改用 Hugging Face 格式的模型。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: its tensor {name} has the shape {found}, and its configuration asks for {expected}.</source>
        <translation>无法转换 {path}：张量 {name} 的形状是 {found}，而配置要求 {expected}。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: its {tensor} scales the positions in a way that transformers does not know.</source>
        <translation>无法转换 {path}：其中的 {tensor} 以 transformers 不支持的方式缩放位置。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: the vocabulary and the merges in it do not belong together.</source>
        <translation>无法转换 {path}：其中的词表与合并规则不相配。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: what it holds does not fit together. Fetch or convert the model again.</source>
        <translation>无法转换 {path}：其内容互不相符。请重新获取或转换该模型。</translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}.</source>
        <translation>无法读取 {path}：{reason}。</translation>
    </message>
    <message>
        <source>{path} does not say what to write: give it one of the endings {endings}.</source>
        <translation>{path} 没有说明要写成什么：请使用扩展名 {endings} 之一。</translation>
    </message>
    <message>
        <source>{path} has a system&apos;s line: leave out --system.</source>
        <translation>{path} 中已有系统消息：请去掉 --system。</translation>
    </message>
    <message>
        <source>{path} has more than {most} rows or columns, the most that this lesson takes.</source>
        <translation>{path} 的行数或列数超过 {most}，即本课的上限。</translation>
    </message>
    <message>
        <source>{path} has weights of more layers than the {n} in its configuration: {names}.</source>
        <translation>{path} 中权重的层数多于其配置的 {n} 层：{names}。</translation>
    </message>
    <message>
        <source>{path} holds a training of {step} steps already: --resume goes on with it; to begin anew, choose another folder.</source>
        <translation>{path} 中已有 {step} 步的训练：用 --resume 继续；若要重新开始，请选择另一个文件夹。</translation>
    </message>
    <message>
        <source>{path} holds its weights only as {name}, a format that can run programs, so it was not opened. Convert it with `AutoModelForCausalLM.from_pretrained(folder)` and `save_pretrained(new_folder)` of transformers if you trust where it came from.</source>
        <translation>{path} 只有 {name} 格式的权重，这种格式可以运行程序，因此没有打开。如果您信任其来源，请用 transformers 的 `AutoModelForCausalLM.from_pretrained(folder)` 和 `save_pretrained(new_folder)` 转换。</translation>
    </message>
    <message>
        <source>{path} holds more than {most} prompts, the most that are read. Take a part of it.</source>
        <translation>{path} 中的提示超过 {most} 条的读取上限。请截取其中一部分。</translation>
    </message>
    <message>
        <source>{path} holds no JSON object.</source>
        <translation>{path} 中不是 JSON 对象。</translation>
    </message>
    <message>
        <source>{path} holds no prompt.</source>
        <translation>{path} 中没有提示词。</translation>
    </message>
    <message>
        <source>{path} holds weights that have to be multiplied by a scale ({names}), and its configuration does not say how: they would be read as false numbers. Take the original model or its GGUF version.</source>
        <translation>{path} 含有须乘以缩放系数的权重（{names}），而其配置没有说明方法：读出的数会是错的。请使用原始模型或其 GGUF 版本。</translation>
    </message>
    <message>
        <source>{path} is JSON, but no tokenizer.json.</source>
        <translation>{path} 是 JSON，但不是 tokenizer.json。</translation>
    </message>
    <message>
        <source>{path} is a GGUF file of version {version}; versions 2 and 3 can be read.</source>
        <translation>{path} 是第 {version} 版 GGUF 文件；可读的是第 2 版和第 3 版。</translation>
    </message>
    <message>
        <source>{path} is a GGUF file; rename it to end in .gguf and open it.</source>
        <translation>{path} 是 GGUF 文件；请把扩展名改为 .gguf 后打开。</translation>
    </message>
    <message>
        <source>{path} is a Git LFS pointer, not the weights themselves; fetch them with `git lfs pull`.</source>
        <translation>{path} 是 Git LFS 指针，而不是权重本身；请用 `git lfs pull` 获取。</translation>
    </message>
    <message>
        <source>{path} is a PyTorch pickle or an archive, not a safetensors file. Such files can run programs, so it was not opened.</source>
        <translation>{path} 是 PyTorch pickle 或归档文件，不是 safetensors 文件。这类文件可以运行程序，因此没有打开。</translation>
    </message>
    <message>
        <source>{path} is an adapter (LoRA), not a whole model; merge it into its model first.</source>
        <translation>{path} 是适配器 (LoRA)，不是完整的模型；请先把它合并到其模型中。</translation>
    </message>
    <message>
        <source>{path} is damaged or no GGUF file: {why}.</source>
        <translation>{path} 已损坏或不是 GGUF 文件：{why}。</translation>
    </message>
    <message>
        <source>{path} is damaged or no safetensors file: {why}. Fetch or convert the model again.</source>
        <translation>{path} 已损坏或不是 safetensors 文件：{why}。请重新下载或转换模型。</translation>
    </message>
    <message>
        <source>{path} is empty: there is nothing to read.</source>
        <translation>{path} 是空的：没有可读取的内容。</translation>
    </message>
    <message>
        <source>{path} is empty: write a row of numbers into it.</source>
        <translation>{path} 为空：请写入一行数字。</translation>
    </message>
    <message>
        <source>{path} is empty: write some text into it.</source>
        <translation>{path} 为空：请写入一些文字。</translation>
    </message>
    <message>
        <source>{path} is larger than {limit} MB, the most that is read here. Take a part of it.</source>
        <translation>{path} 大于 {limit} MB，超出此处可读取的上限。请截取其中一部分。</translation>
    </message>
    <message>
        <source>{path} is larger than {limit} bytes and was not read.</source>
        <translation>{path} 大于 {limit} 字节，未读取。</translation>
    </message>
    <message>
        <source>{path} is missing.</source>
        <translation>缺少 {path}。</translation>
    </message>
    <message>
        <source>{path} is no JSON.</source>
        <translation>{path} 不是 JSON。</translation>
    </message>
    <message>
        <source>{path} is no model: choose a folder with a model, or a file whose name ends in .gguf. A text or a view is opened from the File menu.</source>
        <translation>{path} 不是模型：请选择模型文件夹，或扩展名为 .gguf 的文件。文本和视图请从“文件”菜单打开。</translation>
    </message>
    <message>
        <source>{path} is no model: open a folder with config.json and safetensors weights, or a GGUF file.</source>
        <translation>{path} 不是模型：请打开含有 config.json 和 safetensors 权重的文件夹，或 GGUF 文件。</translation>
    </message>
    <message>
        <source>{path} is no tokenizer.json that can be read here.</source>
        <translation>{path} 不是这里能读取的 tokenizer.json。</translation>
    </message>
    <message>
        <source>{path} is no tokenizer.json.</source>
        <translation>{path} 不是 tokenizer.json。</translation>
    </message>
    <message>
        <source>{path} is not UTF-8 text: byte {value} at offset {offset} is not allowed there.</source>
        <translation>{path} 不是 UTF-8 文本：偏移 {offset} 处不允许出现字节 {value}。</translation>
    </message>
    <message>
        <source>{path} is not UTF-8: byte {value} at offset {offset} is not allowed there.</source>
        <translation>{path} 不是 UTF-8：偏移 {offset} 处的字节 {value} 不合规。</translation>
    </message>
    <message>
        <source>{path} is not a GGUF file.</source>
        <translation>{path} 不是 GGUF 文件。</translation>
    </message>
    <message>
        <source>{path} is not a file.</source>
        <translation>{path} 不是文件。</translation>
    </message>
    <message>
        <source>{path} is not a table of comma-separated values.</source>
        <translation>{path} 不是以逗号分隔的表格。</translation>
    </message>
    <message>
        <source>{path} is not a text: there is a zero byte at offset {offset}.</source>
        <translation>{path} 不是文本：偏移 {offset} 处有一个零字节。</translation>
    </message>
    <message>
        <source>{path} is not a usable checkpoint: {reason}. Begin anew in another folder.</source>
        <translation>{path} 不是可用的检查点：{reason}。请在另一个文件夹重新开始。</translation>
    </message>
    <message>
        <source>{path} is not part {number} of the model that {first} begins. Fetch its parts again.</source>
        <translation>{path} 不是以 {first} 开头的模型的第 {number} 卷。请重新获取各分卷。</translation>
    </message>
    <message>
        <source>{path} is not text: there is a zero byte after {n_characters} characters.</source>
        <translation>{path} 不是文本：第 {n_characters} 个字符之后有零字节。</translation>
    </message>
    <message>
        <source>{path} is not valid JSON: {reason}.</source>
        <translation>{path} 不是有效的 JSON：{reason}。</translation>
    </message>
    <message>
        <source>{path} is one of {n} parts of a model, and its name does not say which: name the parts as they were, ending in -00001-of-{n:05d}.gguf and so on.</source>
        <translation>{path} 是一个模型的 {n} 个分卷之一，但从文件名看不出是第几卷：请恢复原来的文件名，以 -00001-of-{n:05d}.gguf 等结尾。</translation>
    </message>
    <message>
        <source>{path} is part {number} of {n} of a model, and {missing} does not lie beside it. Put all parts into one folder.</source>
        <translation>{path} 是一个模型的第 {number} 卷（共 {n} 卷），旁边没有 {missing}。请把所有分卷放进同一个文件夹。</translation>
    </message>
    <message>
        <source>{path} lacks {n} of the weights that its configuration asks for: {names}. They would be random numbers, so the model was refused.</source>
        <translation>{path} 缺少其配置所要求的 {n} 个权重：{names}。它们会变成随机数，因此拒绝加载此模型。</translation>
    </message>
    <message>
        <source>{path} lacks {n} of the weights that its model needs: {names}. Fetch or convert the model again.</source>
        <translation>{path} 缺少模型所需的 {n} 个权重：{names}。请重新获取或转换该模型。</translation>
    </message>
    <message>
        <source>{path} lists no weights.</source>
        <translation>{path} 没有列出权重。</translation>
    </message>
    <message>
        <source>{path} must be a list of texts that are not empty.</source>
        <translation>{path} 必须是由非空文本组成的列表。</translation>
    </message>
    <message>
        <source>{path} points to {name!r}, outside its folder, and was refused.</source>
        <translation>{path} 指向其文件夹之外的 {name!r}，已被拒绝。</translation>
    </message>
    <message>
        <source>{path} says that its model has {n} layers, and holds the weights of {found}: {layer} is the first that is not there. Fetch or convert the model again.</source>
        <translation>{path} 声称模型有 {n} 层，却只含 {found} 层的权重：首先缺少的是 {layer}。请重新获取或转换该模型。</translation>
    </message>
    <message>
        <source>{path} says {key} = {value}, and what it holds allows {most} at most. Fetch or convert the model again.</source>
        <translation>{path} 写明 {key} = {value}，而文件内容最多允许 {most}。请重新获取或转换该模型。</translation>
    </message>
    <message>
        <source>{path} was trained on a text with other {unit}: choose that text, or begin anew in another folder.</source>
        <translation>{path} 是用含有其他{unit}的文本训练的：请选用那段文本，或在另一个文件夹重新开始。</translation>
    </message>
    <message>
        <source>{path}, line {line}, column {column}: {cell} is not a finite number.</source>
        <translation>{path} 第 {line} 行第 {column} 列：{cell} 不是有限数。</translation>
    </message>
    <message>
        <source>{path}, line {line}: {found} numbers where the first row has {expected}.</source>
        <translation>{path} 第 {line} 行：有 {found} 个数，而第一行有 {expected} 个。</translation>
    </message>
    <message>
        <source>{rows:,} × {columns:,} weights are too many for the clipboard: zoom in, or export them as a file.</source>
        <translation>{rows:,} × {columns:,} 个权重太多，放不进剪贴板：请放大后再复制，或导出为文件。</translation>
    </message>
    <message>
        <source>{text!r} is not one token but {n}: {pieces}. A word after a space needs that space: &apos; {text}&apos;.</source>
        <translation>{text!r} 不是一个词元，而是 {n} 个：{pieces}。空格之后的词需要带上空格：&apos; {text}&apos;。</translation>
    </message>
    <message>
        <source>{text} is in the language to translate into: choose the other one.</source>
        <translation>{text} 已经是目标语言：请选择另一种语言。</translation>
    </message>
    <message>
        <source>{title} has no arrays: choose CSV or JSON.</source>
        <translation>{title} 没有数组：请选择 CSV 或 JSON。</translation>
    </message>
    <message>
        <source>{token} does not occur in the text that was trained on.</source>
        <translation>{token} 没有出现在训练所用的文本中。</translation>
    </message>
    <message>
        <source>{token} does not occur in the text that {name} was trained on, so it has no number for it: leave it out.</source>
        <translation>{token} 没有在 {name} 的训练文本里出现过，所以它没有对应的编号：请去掉它。</translation>
    </message>
    <message>
        <source>{value} is too large to follow: type a number from −{most} to {most}.</source>
        <translation>{value} 太大，不便跟着算：请输入 −{most} 到 {most} 之间的数。</translation>
    </message>
    <message>
        <source>{what} cannot be written as {kind}.</source>
        <translation>{what} 无法写成 {kind}。</translation>
    </message>
    <message>
        <source>{word} is no token id: ids are whole numbers from 0.</source>
        <translation>{word} 不是词元编号：编号是从 0 起的整数。</translation>
    </message>
    <message>
        <source>{word} is not a word of these sentences.</source>
        <translation>{word} 不是这些句子中的词。</translation>
    </message>
    <message>
        <source>{word} is not hexadecimal: bytes are written like E4 BD A0.</source>
        <translation>{word} 不是十六进制：字节应写成 E4 BD A0 的形式。</translation>
    </message>
    <message>
        <source>{word} is {n} tokens here, {parts}: favour or ban them one by one.</source>
        <translation>{word} 在这里是 {n} 个词元（{parts}）：请逐个偏好或禁用。</translation>
    </message>
    <message>
        <source>{word} is {n} tokens in {name}, not one; a space in front makes a difference.</source>
        <translation>{word} 在 {name} 中是 {n} 个词元，而不是一个；前面有无空格会有差别。</translation>
    </message>
    <message>
        <source>“{text}…” has {n_tokens} tokens; at most {most} are looked at layer by layer: shorten it.</source>
        <translation>“{text}……”有 {n_tokens} 个词元；逐层查看最多 {most} 个：请缩短。</translation>
    </message>
    <message>
        <source>“{token}” stands nowhere else in the text.</source>
        <translation>“{token}”在文本中没有再出现。</translation>
    </message>
</context>
<context>
    <name>examples</name>
    <message>
        <source>A Chinese character may be one token, several, or share one with its neighbours.</source>
        <translation>一个汉字可能是一个词元、几个词元，也可能与相邻的字共用一个。</translation>
    </message>
    <message>
        <source>A fact</source>
        <translation>一个事实</translation>
    </message>
    <message>
        <source>A familiar sentence</source>
        <translation>熟悉的句子</translation>
    </message>
    <message>
        <source>A journey of a thousand miles</source>
        <translation>千里之行（英文）</translation>
    </message>
    <message>
        <source>A little story</source>
        <translation>小故事</translation>
    </message>
    <message>
        <source>A name that the model must know; which tokens does the last one attend to?</source>
        <translation>模型必须知道的一个名字；最后一个词元关注哪些词元？</translation>
    </message>
    <message>
        <source>A pattern that repeats</source>
        <translation>重复的模式</translation>
    </message>
    <message>
        <source>A proverb in Chinese: does a small English model know how it ends?</source>
        <translation>一句中文成语：小小的英文模型知道怎么结尾吗？</translation>
    </message>
    <message>
        <source>Apples in a story</source>
        <translation>故事里的苹果</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Counting letters</source>
        <translation>数字母</translation>
    </message>
    <message>
        <source>Emoji and accents</source>
        <translation>表情符号与变音字母</translation>
    </message>
    <message>
        <source>Indentation, brackets and names that return; heads that look back at the opening bracket.</source>
        <translation>缩进、括号和重复出现的名称；回看左括号的注意力头。</translation>
    </message>
    <message>
        <source>Induction heads: in the second round, a head looks at the token after the earlier copy.</source>
        <translation>归纳头：第二遍时，某个头会看前一次出现之后的那个词元。</translation>
    </message>
    <message>
        <source>One picture on screen can be many code points and still more tokens.</source>
        <translation>屏幕上的一个图形可以是许多码点，以及更多的词元。</translation>
    </message>
    <message>
        <source>Surprise falls from word to word as the model recognises the sentence.</source>
        <translation>随着模型认出这句话，意外度逐词下降。</translation>
    </message>
    <message>
        <source>The answer is the name that was not said twice; look for heads that attend to names.</source>
        <translation>答案是没有说过两次的名字；找找关注名字的注意力头。</translation>
    </message>
    <message>
        <source>The bundled model knows only such stories; its probabilities can be compared with the truth.</source>
        <translation>附带的模型只认识这类故事；其概率可与真实值比较。</translation>
    </message>
    <message>
        <source>The model has a favourite for the next token: see how far ahead of the others it is.</source>
        <translation>模型对下一个词元有偏爱：看它领先其他候选多少。</translation>
    </message>
    <message>
        <source>The word is a few tokens, not ten letters: compare encodings to see why counting fails.</source>
        <translation>这个词是几个词元，而不是十个字母：比较各种编码，看看为什么数不对。</translation>
    </message>
    <message>
        <source>Two and three make five: which tokens do the heads look at before the sum is said?</source>
        <translation>二加三得五：说出总数之前，各个头在看哪些词元？</translation>
    </message>
    <message>
        <source>Who gave what to whom</source>
        <translation>谁把什么给了谁</translation>
    </message>
    <message>
        <source>千里之行</source>
        <translation>千里之行</translation>
    </message>
    <message>
        <source>预测下一个词</source>
        <translation>预测下一个词</translation>
    </message>
</context>
<context>
    <name>gestures</name>
    <message>
        <source>All heads</source>
        <translation>全部注意力头</translation>
    </message>
    <message>
        <source>Arrows, Home, End</source>
        <translation>方向键、Home、End</translation>
    </message>
    <message>
        <source>Attention as a map</source>
        <translation>注意力图</translation>
    </message>
    <message>
        <source>Attention as arcs or text</source>
        <translation>弧线或文字形式的注意力</translation>
    </message>
    <message>
        <source>Back to the grid</source>
        <translation>回到网格</translation>
    </message>
    <message>
        <source>Begin a region, and end it: heads are found</source>
        <translation>开始和结束一个区域：查找关注它的头</translation>
    </message>
    <message>
        <source>Branch: put it after the selected token</source>
        <translation>分支：把它放到所选词元之后</translation>
    </message>
    <message>
        <source>Change the number in the selected cell</source>
        <translation>修改所选单元格中的数</translation>
    </message>
    <message>
        <source>Choose a candidate</source>
        <translation>选择一个候选</translation>
    </message>
    <message>
        <source>Choose a candidate, or the position</source>
        <translation>选择候选或位置</translation>
    </message>
    <message>
        <source>Choose a head</source>
        <translation>选择一个头</translation>
    </message>
    <message>
        <source>Choose a head, or a layer&apos;s mean</source>
        <translation>选择一个头，或一层的平均</translation>
    </message>
    <message>
        <source>Choose a stretch of tokens, for its perplexity</source>
        <translation>选择一段词元，看它的困惑度</translation>
    </message>
    <message>
        <source>Click</source>
        <translation>单击</translation>
    </message>
    <message>
        <source>Ctrl+click</source>
        <translation>Ctrl+单击</translation>
    </message>
    <message>
        <source>Ctrl+drag, middle button</source>
        <translation>Ctrl+拖动、中键拖动</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>双击</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>拖动</translation>
    </message>
    <message>
        <source>Drop</source>
        <translation>拖放文件</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>任何地方</translation>
    </message>
    <message>
        <source>Follow the word no longer</source>
        <translation>不再跟踪这个词</translation>
    </message>
    <message>
        <source>Go to another head</source>
        <translation>到另一个头</translation>
    </message>
    <message>
        <source>Go to the next control, or the one before</source>
        <translation>到下一个或上一个控件</translation>
    </message>
    <message>
        <source>Inspect another key</source>
        <translation>查看另一个键</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>课程</translation>
    </message>
    <message>
        <source>Let go of what was chosen</source>
        <translation>取消选择</translation>
    </message>
    <message>
        <source>Mark a region: heads that look there are found</source>
        <translation>标出一个区域：查找关注那里的头</translation>
    </message>
    <message>
        <source>Menu key, Shift+F10</source>
        <translation>菜单键、Shift+F10</translation>
    </message>
    <message>
        <source>Move a stage to another place</source>
        <translation>把一个阶段移到别处</translation>
    </message>
    <message>
        <source>Move along the text</source>
        <translation>沿文本移动</translation>
    </message>
    <message>
        <source>Move the map when it is zoomed</source>
        <translation>放大后移动注意力图</translation>
    </message>
    <message>
        <source>Next token</source>
        <translation>下一个词元</translation>
    </message>
    <message>
        <source>On a name or slider: put the neutral value back</source>
        <translation>在名称或滑块上：恢复中性值</translation>
    </message>
    <message>
        <source>Open a text, a model folder, a GGUF file or an exported figure</source>
        <translation>打开文本、模型文件夹、GGUF 文件或导出的图</translation>
    </message>
    <message>
        <source>Open its menu</source>
        <translation>打开它的菜单</translation>
    </message>
    <message>
        <source>Pin the head or let it go</source>
        <translation>固定或取消固定这个头</translation>
    </message>
    <message>
        <source>Pinned heads</source>
        <translation>固定的头</translation>
    </message>
    <message>
        <source>Point at a cell</source>
        <translation>指向一个单元格</translation>
    </message>
    <message>
        <source>Point further on</source>
        <translation>指得更远</translation>
    </message>
    <message>
        <source>Preview the head</source>
        <translation>预览这个头</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Put the candidate into the text</source>
        <translation>把候选放进文本</translation>
    </message>
    <message>
        <source>Read all its numbers</source>
        <translation>查看它的全部数值</translation>
    </message>
    <message>
        <source>Rest</source>
        <translation>悬停</translation>
    </message>
    <message>
        <source>Right click</source>
        <translation>右键单击</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>采样器</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>See how a token is built</source>
        <translation>查看词元如何构成</translation>
    </message>
    <message>
        <source>Select the row&apos;s token and inspect the pair</source>
        <translation>选择该行的词元并查看这一对</translation>
    </message>
    <message>
        <source>Select the token</source>
        <translation>选择这个词元</translation>
    </message>
    <message>
        <source>Shift+arrows</source>
        <translation>Shift+方向键</translation>
    </message>
    <message>
        <source>Shift+click</source>
        <translation>Shift+单击</translation>
    </message>
    <message>
        <source>Shift+drag</source>
        <translation>Shift+拖动</translation>
    </message>
    <message>
        <source>Show all of it again</source>
        <translation>重新显示全部</translation>
    </message>
    <message>
        <source>Show the head alone</source>
        <translation>单独显示这个头</translation>
    </message>
    <message>
        <source>Surprise</source>
        <translation>意外度</translation>
    </message>
    <message>
        <source>Take a token off the list of biases and bans</source>
        <translation>从偏置和禁用列表中移除一个词元</translation>
    </message>
    <message>
        <source>Token pair</source>
        <translation>词元对</translation>
    </message>
    <message>
        <source>Tokenizers</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Type a tab</source>
        <translation>输入制表符</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>滚轮</translation>
    </message>
    <message>
        <source>While finding: the next place, the one before</source>
        <translation>查找时：下一处、上一处</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
</context>
</TS>
