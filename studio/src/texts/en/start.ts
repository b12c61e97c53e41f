/** The first page. */
export const start = {
  title: "Train a neural network here, and look inside while it learns.",
  lead: "Fovea's networks read pictures. Everything runs in this page: nothing is installed, and no picture leaves your machine.",
  watch: "Watch a network learn",
  watchAbout: "Thousands of handwritten-looking digits, a small network, half a minute. Numbers move at once.",
  onwards: "Go on with your run",
  pictures: "Your pictures",
  picturesAbout: "Drop a folder with a folder of pictures for each class, and train on that.",
  areas: {
    draw: "Draw a digit, and see every layer answer.",
    look: "What each unit of the network looks for.",
    runs: "Follow and compare runs of the command line.",
    steps: "A convolution, number by number, forwards and backwards.",
    take: "Take the network with you, as a file or as a picture.",
  } as Readonly<Record<string, string>>,
};
