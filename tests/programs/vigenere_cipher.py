"""Vigenère's cipher.

Letters as numbers, shifted by a key that repeats (Bellaso 1553), and an attack by counting
letters at each position of the key (Kasiski 1863).
"""

import numpy as np


def vigenere_cipher(text, key):
    is_letter = (text >= ord("a")) & (text <= ord("z"))
    letters = text[is_letter] - ord("a")
    shifts = np.resize(key, letters.size) - ord("a")
    text[is_letter] = (letters + shifts) % 26 + ord("a")
    secret = bytes(text.tolist()).decode()
    encrypted = text[is_letter] - ord("a")
    guesses = []
    for start in range(len(key)):
        counts = np.bincount(encrypted[start :: len(key)], minlength=26)
        guesses.append(int((counts.argmax() - 4) % 26))
    text[is_letter] = (encrypted + 26 - shifts) % 26 + ord("a")
    return secret, guesses, text.tobytes().decode(), is_letter.mean()


def inputs(rng):
    text = b"meet me where the three trees keep the secret letters, between nine and eleven"
    return np.frombuffer(text, np.uint8).copy(), np.frombuffer(b"key", np.uint8).copy()
