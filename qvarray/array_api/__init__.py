"""The Python array API standard, 2024.12: a module for each of its chapters.

Every function takes and returns VirtualQArrays; most are NumPy's of the same name.
"""
