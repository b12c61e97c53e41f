"""PyTorch, on as many threads as the first word says. The conversation is that of serve.mjs."""

import json
import math
import re
import sys
import time


def say(answer):
    print(json.dumps(answer), flush=True)


try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    say({"missing": f"this Python does not import torch: {error}"})
    sys.exit()


def uniform(*shape):
    return 2 * torch.rand(*shape) - 1


def numbers_below(count, *shape):
    return (torch.arange(math.prod(shape)) % count).reshape(shape)


def training_step(loss_of, optimizer):
    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def conv(job):
    x = uniform(*job["input"]).requires_grad_(job["backward"])
    w = uniform(*job["filters"]).requires_grad_(job["backward"])

    def forward():
        return F.conv2d(x, w, stride=job["stride"], padding=job["padding"])

    if not job["backward"]:
        return forward
    dy = uniform(*forward().shape)
    return lambda: torch.autograd.grad(forward(), (x, w), dy)


def matmul(job):
    a, b = (uniform(job["size"], job["size"]) for _ in range(2))
    return lambda: a @ b


def classifier_step(model, images, classes):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    labels = numbers_below(classes, len(images))
    return training_step(lambda: F.cross_entropy(model(images), labels), optimizer)


def lenet(job):
    network = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )
    return classifier_step(network, uniform(job["batch"], 1, 28, 28), 10)


def recurrent(job):
    network = nn.LSTM(job["channels"], job["units"], batch_first=True)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    sequences = uniform(job["batch"], job["steps"], job["channels"])
    return training_step(lambda: network(sequences)[0].square().mean(), optimizer)


class LanguageModel(nn.Module):
    def __init__(self, job):
        super().__init__()
        self.embedding = nn.Embedding(job["vocabulary"], job["units"])
        self.lstm = nn.LSTM(job["units"], job["units"], job["layers"], batch_first=True)
        self.scores = nn.Linear(job["units"], job["vocabulary"])

    def forward(self, tokens, states=None):
        outputs, states = self.lstm(self.embedding(tokens), states)
        return self.scores(outputs), states


def language(job):
    model = LanguageModel(job)
    tokens = numbers_below(job["vocabulary"], job["batch"], job["steps"])
    optimizer = torch.optim.Adam(model.parameters())
    return training_step(lambda: F.cross_entropy(model(tokens)[0].flatten(0, 1), tokens.flatten()), optimizer)


def writing(job):
    model = LanguageModel(job)
    model.eval()
    token = numbers_below(job["vocabulary"], 1, 1)
    states = None

    def write():
        nonlocal states
        with torch.no_grad():
            scores, states = model(token, states)
            return scores.softmax(2).numpy()

    return write


class Kim(nn.Module):
    def __init__(self, job):
        super().__init__()
        self.embedding = nn.Embedding(job["vocabulary"], job["features"])
        self.windows = nn.ModuleList(nn.Conv1d(job["features"], job["filters"], n) for n in job["windows"])
        self.scores = nn.Linear(len(job["windows"]) * job["filters"], 2)

    def forward(self, words):
        x = self.embedding(words).transpose(1, 2)
        return self.scores(torch.cat([window(x).relu().amax(2) for window in self.windows], 1))


def sentences(job):
    model = Kim(job)
    words = numbers_below(job["vocabulary"], job["batch"], job["words"])
    classes = numbers_below(2, job["batch"])
    return training_step(lambda: F.cross_entropy(model(words), classes), torch.optim.Adadelta(model.parameters()))


def residual(job):
    n, channels, height, width = job["input"]
    convolutions = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1, bias=False) for _ in range(2))
    norms = nn.ModuleList(nn.BatchNorm2d(channels) if job["norm"] else nn.Identity() for _ in range(2))
    activation = F.relu if job["activation"] else lambda x: x
    x = uniform(n, channels, height, width).requires_grad_()
    dy = uniform(n, channels, height, width)
    sources = [x, *convolutions.parameters(), *norms.parameters()]

    def step():
        y = norms[1](convolutions[1](activation(norms[0](convolutions[0](x)))))
        return torch.autograd.grad(activation(y + x if job["add"] else y), sources, dy)

    return step


def network(job):
    import torchvision

    options = {"init_weights": False, "aux_logits": False} if job["name"] == "googlenet" else {}
    return getattr(torchvision.models, job["name"])(**options), uniform(job["batch"], *job["input"])


def net(job):
    model, pictures = network(job)
    model.eval()

    def predict():
        with torch.no_grad():
            return model(pictures)

    return predict


def net_step(job):
    return classifier_step(*network(job), 1000)


def block(channels, *maps):
    layers = []
    for count in maps:
        layers += [nn.Conv2d(channels, count, 3, padding=1), nn.BatchNorm2d(count), nn.ReLU()]
        channels = count
    return nn.Sequential(*layers)


class UNet(nn.Module):
    def __init__(self, job):
        super().__init__()
        maps = job["maps"]
        channels = [job["input"][0], *maps]
        self.down = nn.ModuleList(block(channels[i], n, n) for i, n in enumerate(maps))
        self.doubling = nn.ModuleList(nn.ConvTranspose2d(maps[i + 1], n, 2, 2) for i, n in enumerate(maps[:-1]))
        self.up = nn.ModuleList(block(2 * n, n, n) for n in maps[:-1])
        self.scores = nn.Conv2d(maps[0], job["classes"], 1)

    def forward(self, x):
        skips = []
        for i, down in enumerate(self.down):
            x = down(x if i == 0 else F.max_pool2d(x, 2))
            skips.append(x)
        for i in reversed(range(len(self.up))):
            x = self.up[i](torch.cat([skips[i], self.doubling[i](x)], 1))
        return self.scores(x)


class SegNet(nn.Module):
    def __init__(self, job):
        super().__init__()
        maps = job["maps"]
        channels = [job["input"][0], *maps]
        self.down = nn.ModuleList(block(channels[i], n, n) for i, n in enumerate(maps))
        self.up = nn.ModuleList(block(n, n, maps[max(i - 1, 0)]) for i, n in enumerate(maps))
        self.scores = nn.Conv2d(maps[0], job["classes"], 1)

    def forward(self, x):
        places = []
        for down in self.down:
            x = down(x)
            size = x.shape[2:]
            x, indices = F.max_pool2d(x, 2, return_indices=True)
            places.append((indices, size))
        for up, (indices, size) in zip(reversed(self.up), reversed(places)):
            x = up(F.max_unpool2d(x, indices, 2, output_size=size))
        return self.scores(x)


def pixels(job):
    model = {"unet": UNet, "segnet": SegNet}[job["name"]](job)
    pictures = uniform(job["batch"], *job["input"])
    mask = numbers_below(job["classes"], job["batch"], *job["input"][1:])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    return training_step(lambda: F.cross_entropy(model(pictures), mask), optimizer)


def repeat(run, milliseconds):
    times = []
    start = time.perf_counter()
    end = start + milliseconds / 1000
    while True:
        run()
        now = time.perf_counter()
        times.append((now - start) * 1000)
        start = now
        if now >= end:
            return times


def serve():
    jobs = {
        "conv": conv, "matmul": matmul, "lenet": lenet, "recurrent": recurrent, "residual": residual,
        "language": language, "writing": writing, "sentences": sentences,
        "net": net, "netStep": net_step, "pixels": pixels,
    }
    known, run = None, None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["job"] != known:
                run = jobs[request["job"]["kind"]](request["job"])
                known = request["job"]
            say({"times": repeat(run, request["milliseconds"])} if "milliseconds" in request else {})
        except Exception as error:
            known = None
            say({"cannot": str(error).splitlines()[0]})


torch.set_num_threads(int(sys.argv[1]))
blas = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
say({"version": torch.__version__ + (f" (BLAS: {blas[1]})" if blas else "")})
serve()
