"""The commands, one module each.

Every module has ``add(commands)``, which adds its parser. Imports of weight stand inside the functions that
need them (hence the PLC0415 marks), so that ``retrogait --help`` and a misspelt file name answer at once.
"""
