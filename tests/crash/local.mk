EXTRA_DIST += \
  %D%/conftest.py \
  %D%/house.py \
  %D%/invariants.py \
  %D%/test_chaos.py \
  %D%/test_ladder_points.py \
  %D%/test_points.py \
  %D%/test_replay.py \
  %D%/test_rules.py
