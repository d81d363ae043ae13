"""All clips through a sanitized library, in a process that has the sanitizer's runtime.

    sound_worker.py LIBRARY cases|overflow

Arrays have no fence here, so that any access beside them ends the process.
"""

import sys

import numpy as np
from sound_kernels import Microphone, load
from sound_oracle import clips_to_try
from sound_specs import SPECS

from edgeflow.preprocess.audio import sound_features

loaded = load(sys.argv[1])
count = 0
for spec in SPECS.values():
    microphone = Microphone(spec, loaded=loaded, fence_bytes=0)
    if sys.argv[2] == "overflow":
        microphone.params.window_samples += 1
    clips = clips_to_try(spec.clip_samples)[::4]
    for clip, features in zip(clips, sound_features(clips, spec), strict=True):
        assert np.array_equal(microphone.features(clip, [97]), features)
        count += 1
sys.stdout.write(str(count))
