"""Who is who: certificates, signing keys, the token endpoint and the check of bearer tokens."""
