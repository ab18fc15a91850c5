// Draws the table inside a [data-chart] box as lines over time. The table stays for screen readers, and for everyone without this script.
import uPlot from "uplot";

export function draw(box) {
  box.dataset.drawn = "";
  const table = box.querySelector("table");
  const heads = [...table.querySelectorAll("thead th")].map(cell => cell.textContent.trim());
  const rows = [...table.querySelectorAll("tbody tr")].map(row => [...row.children].map(cell => Number(cell.dataset.value)));
  if (rows.length < 2) {
    return;
  }

  const style = getComputedStyle(document.documentElement);
  const colour = name => resolve(style.getPropertyValue(name));
  const unit = box.dataset.unit ?? "";
  const log = box.dataset.scale === "log";
  const bound = box.dataset.bound ? Number(box.dataset.bound) : null;
  const columns = heads.map((_, i) => rows.map(row => log && i > 0 ? Math.max(row[i], 0.1) : row[i]));
  const inks = ["--line-1", "--line-2", "--line-3", "--line-4"];
  const dashes = [[], [6, 3], [2, 3], [10, 3, 2, 3]];
  // Without a cursor on the drawing there is no value.
  const show = (_, value) => value == null ? "–" : `${round(value)}${unit}`;
  const series = [{ label: heads[0], value: (_, value) => value == null ? "–" : clock(value, true) }, ...heads.slice(1).map((label, i) => ({
    label,
    stroke: colour(inks[i % 4]),
    dash: dashes[i % 4],
    width: 2,
    paths: box.dataset.steps !== undefined ? uPlot.paths.stepped({ align: 1 }) : undefined,
    points: { show: false },
    value: show,
  }))];
  if (bound !== null) {
    series.push({ label: box.dataset.boundLabel, stroke: colour("--bad"), dash: [4, 4], width: 1.5, points: { show: false }, value: show });
    columns.push(rows.map(() => bound));
  }

  const tens = (_, splits) => splits.map(value => !log || isTen(value) ? value : null);
  const axis = { stroke: colour("--soft"), font: "12px Inter Variable, sans-serif", grid: { stroke: colour("--track"), width: 1 }, ticks: { show: false } };
  const top = Math.max(bound ?? 0, ...columns.slice(1).flat());
  const plot = new uPlot({
    width: box.clientWidth,
    height: box.clientHeight,
    series,
    legend: { live: true },
    cursor: { y: false, points: { size: 6 } },
    scales: { x: { time: true }, y: log ? { distr: 3, range: [0.1, Math.max(1000, top * 2)] } : { range: [0, box.dataset.top ? Number(box.dataset.top) : top * 1.1 || 1] } },
    axes: [
      // As far apart as 22:34:45 is wide.
      { ...axis, space: 72, values: (_, ticks, __, ___, step) => ticks.map(tick => clock(tick, step < 60)) },
      { ...axis, size: 56, filter: tens, grid: { ...axis.grid, filter: tens }, values: (_, ticks) => ticks.map(value => value == null ? "" : `${round(value)}${unit}`) },
    ],
  }, columns, box);
  const figures = box.querySelector(".figures-of-chart");
  figures.classList.add("unseen");
  figures.removeAttribute("tabindex");
  // The legend takes one line or two, and the drawing what is left of the box.
  const legend = box.querySelector(".u-legend");
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight - legend.offsetHeight })).observe(box);
}

/** As everywhere on these pages: UTC. */
const clock = (seconds, exact) => new Date(seconds * 1000).toISOString().slice(11, exact ? 19 : 16);

const isTen = value => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;

const round = value => Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));

/** A canvas knows no light-dark(): the browser works the colour out on an element. */
function resolve(value) {
  const probe = document.createElement("span");
  probe.style.color = value;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
