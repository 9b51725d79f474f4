"""Small exposures that stock steps of jwst 3.0.0 take, with all that those ask of them.

Invented: shapes, times and places are small and easy to tell apart, and nothing is of the sky. No
reference file of the telescope is needed, and no network.
"""
