"""What holds for all tests: nothing is asserted about times, not by hypothesis either."""

from hypothesis import settings

settings.register_profile("perfsmith", deadline=None)
settings.load_profile("perfsmith")
