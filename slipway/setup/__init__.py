"""From a bare machine to a running lab: the stages behind `./lab`, and what they say."""
