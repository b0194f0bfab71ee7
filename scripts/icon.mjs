// Draws icon.png: a tag with its hole, 512 by 512. Run it again after a change here, and commit what it wrote.
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const SIZE = 512;
const SAMPLES = 4;
const [GROUND, TAG] = [
  [28, 43, 74],
  [244, 180, 60],
];

const inRoundedSquare = (x, y, half, radius) => {
  const [dx, dy] = [Math.max(Math.abs(x) - half + radius, 0), Math.max(Math.abs(y) - half + radius, 0)];
  return Math.hypot(dx, dy) <= radius && Math.abs(x) <= half && Math.abs(y) <= half;
};

/** A label that points to the upper left: seen along its own axis, a body with a tip at the far end. */
function inTag(x, y) {
  const [along, across] = [(x + y) * Math.SQRT1_2, (x - y) * Math.SQRT1_2];
  const body = along >= -90 && along <= 185 && Math.abs(across) <= 110;
  const tip = along < -90 && along >= -200 && Math.abs(across) <= 110 - (-90 - along) * 0.75;
  return (body || tip) && Math.hypot(along + 110, across) > 30;
}

/** Red, green, blue and how much of it there is. */
function sample(x, y) {
  if (inTag(x, y)) return [...TAG, 1];
  return [...GROUND, inRoundedSquare(x, y, 256, 96) ? 1 : 0];
}

function pixel(column, row) {
  const sum = [0, 0, 0, 0];
  for (let index = 0; index < SAMPLES ** 2; index++) {
    const [dx, dy] = [(index % SAMPLES) + 0.5, Math.floor(index / SAMPLES) + 0.5].map((step) => step / SAMPLES);
    const [red, green, blue, opacity] = sample(column + dx - SIZE / 2, row + dy - SIZE / 2);
    for (const [channel, value] of [red, green, blue].entries()) sum[channel] += value * opacity;
    sum[3] += opacity;
  }
  return [...sum.slice(0, 3).map((value) => Math.round(value / (sum[3] || 1))), Math.round((sum[3] / SAMPLES ** 2) * 255)];
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

const head = Buffer.alloc(13);
head.writeUInt32BE(SIZE, 0);
head.writeUInt32BE(SIZE, 4);
head.set([8, 6, 0, 0, 0], 8);
const rows = Array.from({ length: SIZE }, (_, row) => [0, ...Array.from({ length: SIZE }, (_, column) => pixel(column, row)).flat()]);
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.from(rows.flat()), { level: 9 })), chunk('IEND', Buffer.alloc(0))];
writeFileSync(new URL('../icon.png', import.meta.url), Buffer.concat([signature, ...parts]));
