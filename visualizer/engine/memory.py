"""Recognise that a device has no memory left or is gone, and give memory back."""

from __future__ import annotations

import contextlib
import gc

import torch

_SIGNS = ("out of memory", "can't allocate memory", "cannot allocate memory")
_SIGNS_OF_LOSS = (
    "device-side assert",
    "cuda error",
    "hip error",
    "cudnn error",
    "cublas_status_",
    "mps backend error",
    "device lost",
    "device is lost",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that the device or the machine has no memory left.

    CUDA has a class for it; the CPU allocator and MPS raise a plain RuntimeError.
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _SIGNS)


def is_device_lost(error: BaseException) -> bool:
    """Whether `error` says that the device has failed for good, as far as this process goes.

    After such an error every further call to the device fails, too; only a new process can use
    it again. PyTorch has no class for it in all versions, so the text decides.
    """
    text = str(error).lower()
    return (
        isinstance(error, RuntimeError)
        and not is_out_of_memory(error)
        and any(sign in text for sign in _SIGNS_OF_LOSS)
    )


def release_memory() -> None:
    """Free what nobody refers to any more.

    Call it outside the `except` block: the traceback keeps tensors alive
    (https://github.com/pytorch/pytorch/issues/18853).
    """
    gc.collect()
    if torch.cuda.is_available():
        with contextlib.suppress(RuntimeError):  # of a device that is gone
            torch.cuda.empty_cache()
