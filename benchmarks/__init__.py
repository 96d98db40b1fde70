"""The figures of the README: Parley beside its peers, in one run each."""
