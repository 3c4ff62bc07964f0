"""Brings changes and the calls that CloudTrail logged together: pure, nothing is asked here."""
