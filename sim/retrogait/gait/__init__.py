"""Motion as labelled arrays: from file tables to what the kernels expect."""

from retrogait.gait.reversal import reversed_trial
from retrogait.gait.trial import Trial, load_trial

__all__ = ["Trial", "load_trial", "reversed_trial"]
