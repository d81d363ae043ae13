// The page: a chosen picture, or what the camera sees.

import { load } from "./model.js";

const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true });
const results = document.querySelector("#results");
const note = document.querySelector("#note");
const video = document.querySelector("video");
const button = document.querySelector("#camera");

const model = await load();
const lines = model.selftest();
document.querySelector("#selftest").textContent = lines.at(-1);
document.querySelector("#selftest").title = lines.join("\n");

/** Pixels of a bitmap or video at its own size; what is transparent is white. */
function pixels(source, width, height) {
  canvas.width = width;
  canvas.height = height;
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(source, 0, 0);
  return context.getImageData(0, 0, width, height);
}

function show(picture) {
  const started = performance.now();
  const found = model.classify(picture);
  const milliseconds = performance.now() - started;
  results.replaceChildren(...found.map(({ label, score }) => {
    const item = document.createElement("li");
    item.textContent = `${label} ${score.toFixed(4)}`;
    return item;
  }));
  note.textContent = `${picture.width} × ${picture.height} pixels, ${milliseconds.toFixed(1)} ms`;
}

function stop() {
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  button.textContent = "Start the camera";
}

function step() {
  if (video.srcObject === null) {
    return;
  }
  if (video.videoWidth > 0) {
    show(pixels(video, video.videoWidth, video.videoHeight));
  }
  requestAnimationFrame(step);
}

document.querySelector("#picture").addEventListener("change", async (event) => {
  stop();
  const [file] = event.target.files;
  if (file === undefined) {
    return;
  }
  try {
    // The pixels of the file, without a conversion between colour profiles, as in training.
    const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
    show(pixels(bitmap, bitmap.width, bitmap.height));
    bitmap.close();
  } catch (error) {
    results.replaceChildren();
    note.textContent = `${file.name}: ${error.message}`;
  }
});

button.addEventListener("click", async () => {
  if (video.srcObject !== null) {
    stop();
    return;
  }
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    await video.play();
    button.textContent = "Stop the camera";
    step();
  } catch (error) {
    note.textContent = `no camera: ${error.message}`;
  }
});
document.body.dataset.ready = "true";
