"""What does the model compute? Modules that import torch are never imported by the GUI thread.

NumPy only, safe anywhere: errors, records, sampling, tokenization. Torch: everything else.
"""
