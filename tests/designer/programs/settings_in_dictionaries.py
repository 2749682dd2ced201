# input: 100
# answer: stopped at line 6

settings = {"kernel_size": 5, "padding": 1}
settings["stride"] = 4
settings.update(dilation=2, padding=3)
common = dict(settings, bias=False)
config = {"channels": [1, 8], "pool": 2}
model = nn.Sequential(
    nn.Conv1d(*config["channels"], **settings),
    nn.Conv1d(8, 8, **common),
    nn.MaxPool1d(config["pool"], stride=config.get("hop", 3)),
)
