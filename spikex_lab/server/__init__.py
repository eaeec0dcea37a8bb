"""The Jupyter server extension: REST under ``/spikex/api/v1``, live event streams, tutorials."""
