"""
The other side of main.ts: attributions in PyTorch as Captum computes them (autograd's gradient of the chosen scores with respect to
the input; all steps of integrated gradients in one batch; hooks on a layer for Grad-CAM; occluded copies in batches of 32), on two
threads.

Prints a JSON object of milliseconds a picture, the median of several calls.
"""

import json
import statistics
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(2)
torch.manual_seed(0)


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )


class Block(nn.Module):
    def __init__(self, before, planes, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(before, planes, 3, stride, 1, bias=False), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False), nn.BatchNorm2d(planes)
        self.add = planes - before

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.add:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.add // 2, self.add // 2))
        return F.relu(x + y)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        stage = lambda a, b, s: nn.Sequential(Block(a, b, s), Block(b, b, 1), Block(b, b, 1))
        self.layer1, self.layer2, self.layer3 = stage(16, 16, 1), stage(16, 32, 2), stage(32, 64, 2)
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean((2, 3)))


def forward(net, x, index, _):
    with torch.no_grad():
        return net(x)[:, index]


def gradient(net, x, index, _):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(net(x)[:, index].sum(), x)[0]


def integrated(net, x, index, _, steps=32):
    points, weights = np.polynomial.legendre.leggauss(steps)
    alphas = torch.tensor((1 + points) / 2, dtype=torch.float32).reshape(-1, 1, 1, 1)
    way = (alphas * x).requires_grad_()
    slopes = torch.autograd.grad(net(way)[:, index].sum(), way)[0]
    total = (slopes * torch.tensor(weights / 2, dtype=torch.float32).reshape(-1, 1, 1, 1)).sum(0, keepdim=True)
    maps = x * total
    with torch.no_grad():  # the completeness gap
        gap = maps.sum() - (net(x)[0, index] - net(torch.zeros_like(x))[0, index])
    return maps, gap


def grad_cam(net, x, index, layer):
    kept = []
    handle = layer.register_forward_hook(lambda _, __, output: kept.append(output))
    score = net(x.clone().requires_grad_())[:, index].sum()
    handle.remove()
    slopes = torch.autograd.grad(score, kept[0])[0]
    coarse = F.relu((slopes.mean((2, 3), keepdim=True) * kept[0]).sum(1, keepdim=True))
    return F.interpolate(coarse, x.shape[2:], mode="bilinear", align_corners=False)


def occlusion(net, x, index, _, window=8, stride=4, batch=32):
    with torch.no_grad():
        score = net(x)[0, index]
        side = x.shape[2]
        corners = [(i, j) for i in range(0, side - window + 1, stride) for j in range(0, side - window + 1, stride)]
        total, count = torch.zeros(side, side), torch.zeros(side, side)
        for start in range(0, len(corners), batch):
            part = corners[start : start + batch]
            copies = x.repeat(len(part), 1, 1, 1)
            for k, (i, j) in enumerate(part):
                copies[k, :, i : i + window, j : j + window] = 0
            falls = score - net(copies)[:, index]
            for k, (i, j) in enumerate(part):
                total[i : i + window, j : j + window] += falls[k]
                count[i : i + window, j : j + window] += 1
        return total / count.clamp(min=1)


def measured(call, seconds=0.8):
    for _ in range(3):
        call()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


lenet, resnet = lenet5().eval(), ResNet20().eval()
for net in (lenet, resnet):
    for parameter in net.parameters():
        parameter.requires_grad_(False)
results = {}
for name, net, shape, layer in [
    ("lenet5", lenet, (1, 1, 28, 28), lenet[4]),
    ("resnet20", resnet, (1, 3, 32, 32), resnet.layer3),
]:
    x = torch.rand(shape)
    for method in (forward, gradient, integrated, grad_cam, occlusion):
        results[f"{name} {method.__name__}"] = measured(lambda: method(net, x, 3, layer))
print(json.dumps(results))
