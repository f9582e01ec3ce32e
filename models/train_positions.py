"""Train the learned positions that lesson 5 shows when the model at hand has none.

    python models/train_positions.py

A GPT-2 of transformers, very small, on the little stories by characters, from nothing. Only its
table of positions is kept. The same versions of the libraries on the same processor give the
same table.
"""

from __future__ import annotations

import numpy as np
import torch
from safetensors.numpy import save as safetensors_bytes
from transformers import GPT2Config, GPT2LMHeadModel

from visualizer.files import write_atomically
from visualizer.lessons.learned_positions import FILE
from visualizer.lessons.training_texts import built_in_text

SEED, STEPS, BATCH, RATE = 0, 6_000, 32, 1e-3
N_POSITIONS, WIDTH = 64, 64


def main() -> None:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    text = built_in_text("stories")
    characters = sorted(set(text))
    ids = torch.tensor([characters.index(each) for each in text])
    config = GPT2Config(
        vocab_size=len(characters),
        n_positions=N_POSITIONS,
        n_embd=WIDTH,
        n_layer=2,
        n_head=4,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
    )
    model = GPT2LMHeadModel(config)
    optimizer = torch.optim.AdamW(model.parameters(), RATE, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, STEPS)
    loss = float("nan")
    for step in range(STEPS):
        starts = torch.randint(0, len(ids) - N_POSITIONS, (BATCH,))
        batch = torch.stack([ids[s : s + N_POSITIONS] for s in starts])  # (B, T)
        result = model(batch, labels=batch)
        optimizer.zero_grad()
        result.loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        loss = float(result.loss.detach())
        if step % 500 == 0:
            print(f"step {step}: loss {loss:.3f}", flush=True)
    # The last position has nothing to predict, and so learns nothing.
    table = model.transformer.wpe.weight[:-1].detach().numpy().astype(np.float32)  # (P - 1, C)
    facts = {"steps": str(STEPS), "loss": f"{loss:.3f}", "seed": str(SEED)}
    write_atomically(FILE, safetensors_bytes({"positions": table}, facts))
    print(f"{FILE.name}: {table.shape}, {facts}")


if __name__ == "__main__":
    main()
