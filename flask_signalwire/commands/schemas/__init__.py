"""The payload schemas, one module a family of commands.

Every rule is the calling API's contract as of 2026-08, except for fields marked
``documented=False``: those are accepted by the vendor's newest SDK and missing from the contract.
In a few places we are stricter than the contract, because the value can't mean anything: blank
numbers and language tags, blank messages to inject, and empty lists of directions.
"""
