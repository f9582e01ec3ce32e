"""Recognise running out of memory, and give memory back."""

from __future__ import annotations

import gc

import torch

_SIGNS = ("out of memory", "can't allocate memory", "cannot allocate memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that the device or the machine has no memory left.

    CUDA has a class for it; the CPU allocator and MPS raise a plain RuntimeError.
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _SIGNS)


def release_memory() -> None:
    """Free what nobody refers to any more.

    Call it outside the `except` block: the traceback keeps tensors alive
    (https://github.com/pytorch/pytorch/issues/18853).
    """
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
