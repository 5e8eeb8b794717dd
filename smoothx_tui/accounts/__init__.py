"""Real accounts: profiles, the secrets of a sign-in, how one is got, kept alive and given back."""
