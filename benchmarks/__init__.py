"""What a command costs, beside the vendor's SDK and urllib3: ``python benchmarks/run.py``."""
