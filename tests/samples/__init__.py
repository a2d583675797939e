"""The samples do what their READMEs say."""
