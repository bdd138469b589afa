// The texts that are hard to read: WCAG's contrast of each with what is behind it, below 4.5.
const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
function onto(behind, colour) {
  canvas.fillStyle = `rgb(${behind})`;
  canvas.fillRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
}
function behind(element) {
  const parents = [];
  for (let at = element; at; at = at.parentElement) parents.unshift(getComputedStyle(at).backgroundColor);
  return parents.reduce(onto, [255, 255, 255]);
}
function light(colour) {
  const [r, g, b] = colour.map((part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
const faint = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const element = walk.currentNode.parentElement;
  if (!walk.currentNode.data.trim() || !element.checkVisibility()) continue;
  const back = behind(element), front = onto(back, getComputedStyle(element).color);
  const [low, high] = [light(front), light(back)].sort((a, b) => a - b);
  const contrast = (high + 0.05) / (low + 0.05);
  if (contrast < 4.5) faint.push(`${walk.currentNode.data.trim()}: ${contrast.toFixed(2)}`);
}
return faint;
