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
        <source>a special token of this model</source>
        <translation>此模型的特殊词元</translation>
    </message>
    <message>
        <source>after sampling</source>
        <translation>采样参数之后</translation>
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
        <source>special</source>
        <translation>特殊</translation>
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
        <source>{n:,} of them</source>
        <translation>共 {n:,} 个</translation>
    </message>
    <message>
        <source>{n:,} tokens</source>
        <translation>{n:,} 个词元</translation>
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
        <source>Type a few letters of a command</source>
        <translation>输入命令中的几个字</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>&amp;Generate {n}</source>
        <translation>生成 {n} 个</translation>
    </message>
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
    <name>ExportCommands</name>
    <message>
        <source>Export all heads</source>
        <translation>导出全部注意力头</translation>
    </message>
    <message>
        <source>Export head</source>
        <translation>导出注意力头</translation>
    </message>
</context>
<context>
    <name>Figure</name>
    <message>
        <source>; a dot is the maximum of its cells</source>
        <translation>；每个点是其所含各格中的最大值</translation>
    </message>
    <message>
        <source>; a pixel is the maximum over {block} × {block} tokens</source>
        <translation>；每个像素是 {block} × {block} 个词元中的最大值</translation>
    </message>
    <message>
        <source>; each cell is the maximum over {block} × {block} tokens</source>
        <translation>；每格是 {block} × {block} 个词元中的最大值</translation>
    </message>
    <message>
        <source>; queries {q0} to {q1}, keys {k0} to {k1} of {n} tokens</source>
        <translation>；{n} 个词元中的查询 {q0} 至 {q1}、键 {k0} 至 {k1}</translation>
    </message>
    <message>
        <source>; what a row lacks to 1 goes to a learned sink</source>
        <translation>；每行不足 1 的部分流向学得的汇聚项</translation>
    </message>
    <message>
        <source>All heads of {model}</source>
        <translation>{model} 的全部注意力头</translation>
    </message>
    <message>
        <source>attention weights</source>
        <translation>注意力权重</translation>
    </message>
    <message>
        <source>key (is looked at) →</source>
        <translation>键（被看）→</translation>
    </message>
    <message>
        <source>mean attention weights of the {n} heads of layer {layer}</source>
        <translation>第 {layer} 层 {n} 个头的平均注意力权重</translation>
    </message>
    <message>
        <source>weight, linear scale</source>
        <translation>权重，线性刻度</translation>
    </message>
    <message>
        <source>weight, log scale; {floor} and below in the colour of 0</source>
        <translation>权重，对数刻度；{floor} 及以下与 0 同色</translation>
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
        <source>{layers} layers × {heads} heads, {tokens} tokens: query down, key across</source>
        <translation>{layers} 层 × {heads} 头，{tokens} 个词元：纵向为查询，横向为键</translation>
    </message>
    <message>
        <source>{model}, {n} tokens: {prompt}</source>
        <translation>{model}，{n} 个词元：{prompt}</translation>
    </message>
    <message>
        <source>← query (looks)</source>
        <translation>← 查询（在看）</translation>
    </message>
</context>
<context>
    <name>HeadPanel</name>
    <message>
        <source>, maximum over {block} × {block} tokens</source>
        <translation>，{block} × {block} 个词元中的最大值</translation>
    </message>
    <message>
        <source>Arrays (NPZ)…</source>
        <translation>数组 (NPZ)…</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
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
        <source>Colour range</source>
        <translation>颜色范围</translation>
    </message>
    <message>
        <source>Colour scale</source>
        <translation>颜色刻度</translation>
    </message>
    <message>
        <source>Colour scale: linear, or logarithmic for faint weights down to {floor}</source>
        <translation>颜色刻度：线性；或对数，可看清低至 {floor} 的微弱权重</translation>
    </message>
    <message>
        <source>Darkest colour: weight 1, or the largest weight of this head</source>
        <translation>最深的颜色：权重 1，或此头的最大权重</translation>
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
        <source>Head</source>
        <translation>头</translation>
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
        <source>Save this head as a figure or as numbers</source>
        <translation>把此头保存为图或数值</translation>
    </message>
    <message>
        <source>Table (CSV)…</source>
        <translation>表格 (CSV)…</translation>
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
        <source>mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>to 1</source>
        <translation>到 1</translation>
    </message>
    <message>
        <source>to largest</source>
        <translation>到最大值</translation>
    </message>
    <message>
        <source>weight, linear scale</source>
        <translation>权重，线性刻度</translation>
    </message>
    <message>
        <source>weight, log scale</source>
        <translation>权重，对数刻度</translation>
    </message>
</context>
<context>
    <name>HeadReading</name>
    <message>
        <source>   sink {share}</source>
        <translation>   汇聚项 {share}</translation>
    </message>
    <message>
        <source>key {key} is looked at most by query {query}   {weight}</source>
        <translation>键 {key} 最受查询 {query} 关注   {weight}</translation>
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
        <source>the key comes after the query: not visible to it</source>
        <translation>键在查询之后：查询看不到它</translation>
    </message>
    <message>
        <source>{first} to {last}</source>
        <translation>{first} 至 {last}</translation>
    </message>
    <message>
        <source>{pair}   {weight}   maximum over {block} × {block} tokens</source>
        <translation>{pair}   {weight}   {block} × {block} 个词元中的最大值</translation>
    </message>
    <message>
        <source>{pair}   {weight}   rank {rank} of {n_keys} in its row</source>
        <translation>{pair}   {weight}   在该行 {n_keys} 个键中列第 {rank}</translation>
    </message>
</context>
<context>
    <name>Heatmap</name>
    <message>
        <source>Attention weights</source>
        <translation>注意力权重</translation>
    </message>
    <message>
        <source>key (is looked at) →</source>
        <translation>键（被看）→</translation>
    </message>
    <message>
        <source>query (looks)&#xa0;↓</source>
        <translation>查询&#xa0;↓</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>All heads</source>
        <translation>全部注意力头</translation>
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
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Surprise</source>
        <translation>意外度</translation>
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
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言</translation>
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
    <name>Mosaic</name>
    <message>
        <source>All heads</source>
        <translation>全部注意力头</translation>
    </message>
    <message>
        <source>{head}: click for the mean over the heads of layer {layer}</source>
        <translation>{head}：点击查看第 {layer} 层各头的平均</translation>
    </message>
    <message>
        <source>{head}: click to look at it
largest weight {weight}</source>
        <translation>{head}：点击查看
最大权重 {weight}</translation>
    </message>
</context>
<context>
    <name>OverviewPanel</name>
    <message>
        <source>A row is a layer, a column a head: query down, key across.</source>
        <translation>每行一层，每列一个头：纵向为查询，横向为键。</translation>
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
        <source>Save all heads as a figure or as numbers</source>
        <translation>把全部注意力头保存为图片或数值</translation>
    </message>
    <message>
        <source>The {n} heads of a group share their keys and values.</source>
        <translation>同组的 {n} 个头共用键和值。</translation>
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
        <source>{layers} layers × {heads} heads</source>
        <translation>{layers} 层 × {heads} 头</translation>
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
    <name>PredictionPanel</name>
    <message>
        <source>How many candidates are listed, from 5 to 500</source>
        <translation>列出多少个候选，5 到 500</translation>
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
        <source>actual: not listed</source>
        <translation>实际：未列出</translation>
    </message>
    <message>
        <source>after {token} (position {position})</source>
        <translation>在 {token} 之后（位置 {position}）</translation>
    </message>
    <message>
        <source>entropy {bits:.2f} bits</source>
        <translation>熵 {bits:.2f} 比特</translation>
    </message>
    <message>
        <source>{facts}

V is the number of tokens in the vocabulary. Entropy is how undecided the model is, before sampling parameters: 0 bits when it is certain, 1 bit for a toss of a coin. Kept are the tokens that the sampling parameters leave to be drawn. Actual is the token that really comes next in the text.</source>
        <translation>{facts}

V 是词表中的词元数。熵表示应用采样参数之前模型有多犹豫：完全确定时为 0 比特，如同抛硬币时为 1 比特。“保留”指采样参数之后仍可被抽中的词元。“实际”指文中真正的下一个词元。</translation>
    </message>
    <message>
        <source>{n:,} kept</source>
        <translation>保留 {n:,} 个</translation>
    </message>
    <message>
        <source>▸ actual: rank {rank}</source>
        <translation>▸ 实际：第 {rank} 名</translation>
    </message>
</context>
<context>
    <name>PromptPanel</name>
    <message>
        <source>A line has more than {n:,} characters: lines are not wrapped.</source>
        <translation>有一行超过 {n:,} 个字符：不再自动换行。</translation>
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
        <source>Type or paste text, or drop a text file here.</source>
        <translation>输入或粘贴文本，或把文本文件拖到这里。</translation>
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
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Generate as many tokens as the number says</source>
        <translation>按右侧数字生成相应数量的词元</translation>
    </message>
    <message>
        <source>Generate one token</source>
        <translation>生成一个词元</translation>
    </message>
    <message>
        <source>How many tokens Generate makes</source>
        <translation>“生成”一次产生多少个词元</translation>
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
        <source>Sampling and generation</source>
        <translation>采样与生成</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>单步</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop generating; the tokens made so far stay</source>
        <translation>停止生成；已生成的词元保留</translation>
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
        <source>Tokens to generate</source>
        <translation>要生成的词元数</translation>
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
    <message>
        <source>{n:,} made</source>
        <translation>已生成 {n:,} 个</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>作用</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
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
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>正在加载</translation>
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
    <name>Timeline</name>
    <message>
        <source>No token is selected.</source>
        <translation>未选中词元。</translation>
    </message>
    <message>
        <source>Selected: token {index} of {count}, {text}.</source>
        <translation>已选中：第 {index} 个词元，共 {count} 个，{text}。</translation>
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
        <source>Click a bar to select its token. The wheel zooms, dragging moves, a double click shows the whole text again.</source>
        <translation>点击柱条可选中其词元。滚轮缩放，拖动平移，双击重新显示全文。</translation>
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
        <source>mean infinite: a token had probability 0</source>
        <translation>均值无穷大：有词元的概率为 0</translation>
    </message>
    <message>
        <source>mean {bits:.2f} bits per token</source>
        <translation>平均每词元 {bits:.2f} 比特</translation>
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
        <source>{index:,}  {text}  surprise {surprise}, entropy after it {entropy}</source>
        <translation>{index:,}  {text}  意外度 {surprise}，其后的熵 {entropy}</translation>
    </message>
    <message>
        <source>{n_scored:,} of {n_tokens:,} tokens scored</source>
        <translation>已评分 {n_scored:,} / {n_tokens:,} 个词元</translation>
    </message>
</context>
<context>
    <name>TokenPanel</name>
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
        <source>No tokens: the text is empty.</source>
        <translation>没有词元：文本为空。</translation>
    </message>
    <message>
        <source>The selected token: click another one to select it.</source>
        <translation>选中的词元：点击另一个即可改选。</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
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
    <name>TokenStrip</name>
    <message>
        <source>No token is selected.</source>
        <translation>未选中词元。</translation>
    </message>
    <message>
        <source>Selected: token {index} of {count}, {text}. Surprise: {bits}.</source>
        <translation>已选中：第 {index} 个词元，共 {count} 个，{text}。意外度：{bits}。</translation>
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
        <source>special</source>
        <translation>特殊</translation>
    </message>
    <message>
        <source>surprise</source>
        <translation>意外度</translation>
    </message>
    <message>
        <source>token</source>
        <translation>词元</translation>
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
    <name>_ColumnNames</name>
    <message>
        <source>The logit is the model&apos;s raw score of a token, before any sampling parameter; the softmax over all logits gives the probabilities.</source>
        <translation>logit 是模型给词元的原始分数，未应用任何采样参数；对全部 logit 做 softmax 即得概率。</translation>
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
    <name>actions</name>
    <message>
        <source>&amp;About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>&amp;Clear text</source>
        <translation>清空文本</translation>
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
        <source>&amp;Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>浅色</translation>
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
        <source>&amp;Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>&amp;Reset layout</source>
        <translation>重置布局</translation>
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
        <source>All shortcuts on one page</source>
        <translation>一页列出所有快捷键</translation>
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
        <source>Chinese; from the next start on</source>
        <translation>中文；下次启动时生效</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
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
        <source>Dark theme</source>
        <translation>深色主题</translation>
    </message>
    <message>
        <source>Download a model of the Hugging Face hub by its name</source>
        <translation>按名称从 Hugging Face Hub 下载模型</translation>
    </message>
    <message>
        <source>Draw the next token and put it at the end of the text</source>
        <translation>抽取下一个词元并接到文本末尾</translation>
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
        <source>English; from the next start on</source>
        <translation>英文；下次启动时生效</translation>
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
        <source>Find any command by a few letters</source>
        <translation>用几个字找到任何命令</translation>
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
        <source>Go to the &amp;prompt</source>
        <translation>转到提示词</translation>
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
        <source>Light or dark as the desktop is</source>
        <translation>随桌面使用浅色或深色</translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation>浅色主题</translation>
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
        <source>Open &amp;GGUF file…</source>
        <translation>打开 GGUF 文件…</translation>
    </message>
    <message>
        <source>Open model &amp;folder…</source>
        <translation>打开模型文件夹…</translation>
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
        <source>Put the cursor into the text</source>
        <translation>把光标移到文本中</translation>
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
        <source>Select the token after which the entropy, what can still come, is largest</source>
        <translation>选中其后的熵最大、后续最难预料的词元</translation>
    </message>
    <message>
        <source>Select the token that was least expected</source>
        <translation>选中最出乎意料的词元</translation>
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
        <source>Stop generating; the tokens made so far stay</source>
        <translation>停止生成；已生成的词元保留</translation>
    </message>
    <message>
        <source>Surprise &amp;timeline</source>
        <translation>意外度时间线</translation>
    </message>
    <message>
        <source>The system&apos;s own text size</source>
        <translation>系统自身的字号</translation>
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
        <source>Write the thumbnails of all heads to an npz file</source>
        <translation>把全部注意力头的缩略图写入 npz 文件</translation>
    </message>
    <message>
        <source>Write the weights of the head on show to a CSV file</source>
        <translation>把当前注意力头的权重写入 CSV 文件</translation>
    </message>
    <message>
        <source>Write the weights of the head on show to an npz file</source>
        <translation>把当前注意力头的权重写入 npz 文件</translation>
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
        <source>--resume goes on with the settings of the checkpoint: give no other.</source>
        <translation>--resume 会沿用检查点的设置，请不要再给出其他设置。</translation>
    </message>
    <message>
        <source>--{name} is an option of the window; {command} cannot use it there.</source>
        <translation>--{name} 是窗口的选项；{command} 在那里不能使用它。</translation>
    </message>
    <message>
        <source>A repetition penalty of {value} is too extreme: the penalised logits are not finite.</source>
        <translation>重复惩罚 {value} 过于极端：惩罚后的 logit 不是有限数。</translation>
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
        <source>After {step} steps {name} holds numbers that are not finite: nothing was saved, and the last checkpoint is kept. Lower the learning rate.</source>
        <translation>第 {step} 步之后，{name} 含有非有限的数值：未保存任何内容，保留上一个检查点。请降低学习率。</translation>
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
        <source>Cannot read the tokenizer of {name} in {folder}: {reason}</source>
        <translation>无法读取 {folder} 中 {name} 的分词器：{reason}</translation>
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
        <source>Download {size}</source>
        <translation>下载 {size}</translation>
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
        <source>Length and width must be from 1, got {length} and {width}</source>
        <translation>长度和宽度至少为 1，得到 {length} 和 {width}</translation>
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
        <source>No prompt has been read yet.</source>
        <translation>尚未读取提示词。</translation>
    </message>
    <message>
        <source>No text of {n} tokens of {name} was found to measure with.</source>
        <translation>找不到 {name} 的 {n} 个词元的文本可供测量。</translation>
    </message>
    <message>
        <source>No word follows another: write two words with white space between them.</source>
        <translation>没有词跟在另一个词之后：请写两个以空白隔开的词。</translation>
    </message>
    <message>
        <source>Nothing ever follows {word} in these sentences.</source>
        <translation>在这些句子中，{word} 之后从未有词。</translation>
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
        <source>Something unexpected went wrong: {kind}: {message}</source>
        <translation>发生意外错误：{kind}：{message}</translation>
    </message>
    <message>
        <source>Standard input is not UTF-8: byte {value} at offset {offset} is not allowed there.</source>
        <translation>标准输入不是 UTF-8：偏移 {offset} 处不允许出现字节 {value}。</translation>
    </message>
    <message>
        <source>TEXT is - but standard input is closed.</source>
        <translation>TEXT 为 -，但标准输入已关闭。</translation>
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
        <source>The configuration in {path} says {key} = {value}, which cannot be.</source>
        <translation>{path} 中的配置写着 {key} = {value}，这不可能。</translation>
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
        <source>The conversion of {path} ended unexpectedly (status {status}); there may be too little memory.</source>
        <translation>{path} 的转换意外结束（状态 {status}）；可能是内存不足。</translation>
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
        <source>The figure of {width} × {height} pixels could not be written as PNG: {reason}. Try a smaller one.</source>
        <translation>{width} × {height} 像素的图无法写成 PNG：{reason}。请试试小一些的图。</translation>
    </message>
    <message>
        <source>The file splits text by the rule {rule!r}, which is not known here; GPT-2&apos;s is used, and some words may be cut otherwise than in the model&apos;s training.</source>
        <translation>该文件按规则 {rule!r} 切分文本，此规则在这里未知；改用 GPT-2 的规则，有些词的切分可能与模型训练时不同。</translation>
    </message>
    <message>
        <source>The generation ended without a reason.</source>
        <translation>生成不明原因地结束。</translation>
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
        <source>The language changes with the next start.</source>
        <translation>语言将在下次启动时切换。</translation>
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
        <source>The mask hides every token from token {row}: leave it something to look at.</source>
        <translation>掩码对词元 {row} 遮住了所有词元：请给它留下可看的。</translation>
    </message>
    <message>
        <source>The mask must be {expected}, not {found}.</source>
        <translation>掩码应为 {expected}，而不是 {found}。</translation>
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
        <source>The model is being loaded.</source>
        <translation>正在加载模型。</translation>
    </message>
    <message>
        <source>The model is reading the text.</source>
        <translation>模型正在读取文本。</translation>
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
        <source>The prompt has {n_tokens} tokens; the model reads at most {context_length}.</source>
        <translation>提示词有 {n_tokens} 个词元；模型最多读取 {context_length} 个。</translation>
    </message>
    <message>
        <source>The stride must be below the window of {window} tokens, not {stride}: otherwise a window&apos;s first token would have nothing before it.</source>
        <translation>步长必须小于窗口的 {window} 个词元，不能是 {stride}：否则窗口的第一个词元之前没有内容。</translation>
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
        <source>The text has {n} {unit} to train on, too few for rows of {length}: take a longer text or shorter rows.</source>
        <translation>可用于训练的文本有 {n} 个{unit}，不足以组成长度为 {length} 的行：请换用更长的文本或更短的行。</translation>
    </message>
    <message>
        <source>The text repeats one single token, {token}: there is nothing to predict.</source>
        <translation>文本只重复同一个词元 {token}：没有可预测的内容。</translation>
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
        <source>The tokenizer of {name} failed on this text: {reason}</source>
        <translation>{name} 的分词器处理此文本时失败：{reason}</translation>
    </message>
    <message>
        <source>The tokenizer of {name} has {tokens} tokens and the model only {rows}; they do not belong together.</source>
        <translation>{name} 的分词器有 {tokens} 个词元，而模型只有 {rows} 个；两者不配套。</translation>
    </message>
    <message>
        <source>The vocabulary of {name} has too few words of one token to measure with.</source>
        <translation>{name} 的词表中单词元的词太少，无法测量。</translation>
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
        <source>The {model_type} architecture names no context length; up to {n} tokens are read.</source>
        <translation>{model_type} 架构没有给出上下文长度；最多读取 {n} 个词元。</translation>
    </message>
    <message>
        <source>There are no attention weights to draw: their shape is {shape}.</source>
        <translation>没有可绘制的注意力权重：其形状为 {shape}。</translation>
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
        <source>There is no file {path}.</source>
        <translation>没有文件 {path}。</translation>
    </message>
    <message>
        <source>There is no head {head} in {name}: heads go from 0 to {last}.</source>
        <translation>{name} 中没有头 {head}：头从 0 到 {last}。</translation>
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
        <source>There is no tokenizer in {folder}.</source>
        <translation>{folder} 中没有分词器。</translation>
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
        <source>There is no {name} {value}: the model has {count}, counted from 0.</source>
        <translation>没有 {name} {value}：模型共有 {count} 个，从 0 数起。</translation>
    </message>
    <message>
        <source>There is no {name}: torch sees {n} CUDA devices.</source>
        <translation>没有 {name}：torch 检测到 {n} 个 CUDA 设备。</translation>
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
        <source>There is nothing to score: of the text&apos;s tokens ({n_tokens}) none has another before it.</source>
        <translation>没有可评分的内容：文本的词元（{n_tokens} 个）之前都没有其他词元。</translation>
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
        <source>This is {name}, a toy that came with the program. {better} is a real language model.</source>
        <translation>这是随程序附带的玩具模型 {name}。{better} 才是真正的语言模型。</translation>
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
        <source>Token id {token_id} does not exist: the model knows {n_ids} tokens. The tokenizer belongs to another model.</source>
        <translation>词元编号 {token_id} 不存在：模型只认识 {n_ids} 个词元。该分词器属于另一个模型。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Type something to see what the model makes of it.</source>
        <translation>输入一些文字，看看模型如何理解。</translation>
    </message>
    <message>
        <source>Written to {path}</source>
        <translation>已写入 {path}</translation>
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
        <source>smoothing must be from 0 to {most}, got {value}</source>
        <translation>平滑值必须在 0 到 {most} 之间，实际为 {value}</translation>
    </message>
    <message>
        <source>temperature must be a number from 0, got {value}</source>
        <translation>温度须为不小于 0 的数，得到 {value}</translation>
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
        <source>{architecture} cannot be run: {reason}</source>
        <translation>无法运行 {architecture}：{reason}</translation>
    </message>
    <message>
        <source>{architecture} keeps a state that cannot be cut back: every edit runs the whole text again.</source>
        <translation>{architecture} 的状态无法回退：每次编辑都要重新计算全文。</translation>
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
        <source>{name} cannot be written to {path}: {reason}.</source>
        <translation>无法把 {name} 写入 {path}：{reason}。</translation>
    </message>
    <message>
        <source>{name} cannot cut a text with more than {n} spaces or line ends in a row.</source>
        <translation>{name} 无法切分含有连续超过 {n} 个空格或换行的文本。</translation>
    </message>
    <message>
        <source>{name} could not be loaded from {path}: {reason}</source>
        <translation>无法从 {path} 加载 {name}：{reason}</translation>
    </message>
    <message>
        <source>{name} does not fit into memory.</source>
        <translation>内存装不下 {name}。</translation>
    </message>
    <message>
        <source>{name} has no attention to show.</source>
        <translation>{name} 没有可显示的注意力。</translation>
    </message>
    <message>
        <source>{name} is a file or folder of yours; delete it yourself.</source>
        <translation>{name} 是您自己的文件或文件夹；请自行删除。</translation>
    </message>
    <message>
        <source>{name} is larger than {limit} MB. Cut out the part that you want to look at.</source>
        <translation>{name} 大于 {limit} MB。请截取想看的部分。</translation>
    </message>
    <message>
        <source>{name} is not UTF-8. Choose the encoding it was written in.</source>
        <translation>{name} 不是 UTF-8。请选择它所用的编码。</translation>
    </message>
    <message>
        <source>{name} is not a text file.</source>
        <translation>{name} 不是文本文件。</translation>
    </message>
    <message>
        <source>{name} is not on this machine, and --offline forbids to download it.</source>
        <translation>本机没有 {name}，而 --offline 禁止下载。</translation>
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
        <source>{name} {first} to {last} are not in the prompt of {n_tokens} tokens.</source>
        <translation>{name} {first} 至 {last} 不在 {n_tokens} 个词元的提示词之内。</translation>
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
        <source>{other} is being downloaded; wait for it or cancel it before {name}.</source>
        <translation>正在下载 {other}；请等它完成或先取消，再下载 {name}。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: {reason}</source>
        <translation>无法转换 {path}：{reason}</translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}.</source>
        <translation>无法读取 {path}：{reason}。</translation>
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
        <source>{path} holds no JSON object.</source>
        <translation>{path} 中不是 JSON 对象。</translation>
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
        <source>{path} is empty: there is nothing to score.</source>
        <translation>{path} 是空的：没有可评分的内容。</translation>
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
        <source>{path} is larger than {limit} bytes and was not read.</source>
        <translation>{path} 大于 {limit} 字节，未读取。</translation>
    </message>
    <message>
        <source>{path} is longer than {most} MB, the most that a lesson reads: take a part of it.</source>
        <translation>{path} 超过 {most} MB，即一课读取的上限：请截取一部分。</translation>
    </message>
    <message>
        <source>{path} is missing.</source>
        <translation>缺少 {path}。</translation>
    </message>
    <message>
        <source>{path} is no model: open a folder with config.json and safetensors weights, or a GGUF file.</source>
        <translation>{path} 不是模型：请打开含有 config.json 和 safetensors 权重的文件夹，或 GGUF 文件。</translation>
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
        <source>{path} is not a usable checkpoint: {reason}. Begin anew in another folder.</source>
        <translation>{path} 不是可用的检查点：{reason}。请在另一个文件夹重新开始。</translation>
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
        <source>{path} lacks {n} of the weights that its configuration asks for: {names}. They would be random numbers, so the model was refused.</source>
        <translation>{path} 缺少其配置所要求的 {n} 个权重：{names}。它们会变成随机数，因此拒绝加载此模型。</translation>
    </message>
    <message>
        <source>{path} lists no weights.</source>
        <translation>{path} 没有列出权重。</translation>
    </message>
    <message>
        <source>{path} points to {name!r}, outside its folder, and was refused.</source>
        <translation>{path} 指向其文件夹之外的 {name!r}，已被拒绝。</translation>
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
        <source>{token} does not occur in the text that was trained on.</source>
        <translation>{token} 没有出现在训练所用的文本中。</translation>
    </message>
    <message>
        <source>{word} is not a word of these sentences.</source>
        <translation>{word} 不是这些句子中的词。</translation>
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
        <source>The next token is all but certain: see how far ahead of the others it is.</source>
        <translation>下一个词元几乎是确定的：看它领先其他候选多少。</translation>
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
</TS>
