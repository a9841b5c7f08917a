// Draws a figure in the page's own colours with the plotly that ships with Munshi, fetched at the first chart.
(() => {
  let library;
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) if (target.offsetWidth && target.drawn) Plotly.Plots.resize(target);
  });

  function load(base) {
    library ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL("plotly.min.js", base);
      script.onload = () => { months(); done(); };
      script.onerror = failed;
      document.head.append(script);
    });
    return library;
  }

  // Months of an axis over time, in the reader's language; digits stay as they are.
  function months() {
    if (munshi.language === "en") return;
    const short = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map((name) => munshi.t(name));
    Plotly.register({ moduleType: "locale", name: munshi.language, dictionary: {}, format: { months: short, shortMonths: short } });
  }

  // ── colours ──────────────────────────────────────────────────────────────
  // Okabe–Ito colours that the dark ground would swallow, and what stands for them there.
  const ON_DARK = { "#0072B2": "#4AA3DF", "#000000": "#E6E9ED", "#D55E00": "#F0803C", "#9AA3AD": "#7C8792", "#F2F5F9": "#1A2027", "#B9D4EA": "#24425C" };

  const recoloured = (value) => {
    if (Array.isArray(value)) return value.map(recoloured);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, recoloured(v)]));
    return typeof value === "string" ? ON_DARK[value.toUpperCase()] ?? value : value;
  };

  // ── figures ──────────────────────────────────────────────────────────────
  const three = (number) => String(Number(number.toPrecision(3)));

  // "INR|indian|₹": the currency, how its digits are grouped, and its sign.
  function money(currency) {
    const [, grouping, sign] = currency.split("|");
    const indian = grouping === "indian";
    const names = (indian ? [[1e7, "Cr"], [1e5, "L"]] : [[1e9, "bn"], [1e6, "m"], [1e3, "k"]]).map(([by, name]) => [by, ` ${munshi.t(name)}`]);
    return (value) => {
      const size = Math.abs(value);
      const [by, name] = names.find(([from]) => size >= from) ?? [1, ""];
      const digits = by === 1 ? Math.round(size).toLocaleString(indian ? "en-IN" : "en") : three(size / by);
      return `${value < 0 ? "−" : ""}${sign}${digits}${name}`;
    };
  }

  // How values of a figure are written, from the tick format that the figure's unit set.
  const WRITERS = {
    "~s": (currency) => money(currency),
    ".1%": () => (value) => `${(value * 100).toFixed(1)}%`,
    ",d": (currency) => (value) => three(value).length > 6 || Math.abs(value) >= 1000 ? Math.round(value).toLocaleString(currency.includes("|international") ? "en" : "en-IN") : three(value),
  };

  function niceTicks(values) {
    const low = Math.min(0, ...values);
    const high = Math.max(0, ...values);
    const rough = (high - low) / 5 || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough) * power;
    const ticks = [];
    for (let at = Math.floor(low / step); at * step <= high + step / 2; at += 1) ticks.push(Number((at * step).toPrecision(12)));
    return ticks;
  }

  // ── layout ───────────────────────────────────────────────────────────────
  function axis(own, token, narrow) {
    const text = own?.title?.text ?? own?.title ?? "";
    return {
      gridcolor: token("--hairline"), zerolinecolor: token("--grey-line"), linecolor: token("--grey-line"),
      ...own, automargin: true, fixedrange: true,
      title: text ? { text, font: { size: 12, color: token("--grey") }, standoff: 12 } : undefined,
      tickfont: { size: narrow ? 10 : 11 },
    };
  }

  // A waterfall says how far each step moves, and where the first and the last bar stand.
  function stepLabels({ y, measure }) {
    let stand = 0;
    return y.map((by, at) => {
      const size = Math.abs(Math.round(by));
      if (measure[at] === "relative") { stand += by; return `${by < 0 ? "−" : "+"}${size}`; }
      if (measure[at] === "absolute") stand = by;
      return String(Math.round(stand));
    });
  }

  const stepped = (trace) => (trace.type !== "waterfall" ? trace : {
    ...trace, text: stepLabels(trace), texttemplate: "%{text}", textposition: "outside", cliponaxis: false,
    hovertemplate: "%{x}: %{text} points<extra></extra>",
  });

  // An axis over a number ends where its lines do: no share of 150 %, on however narrow a screen.
  function upTo(data, across) {
    const lines = data.length > 0 && data.every((trace) => trace.type === "scatter" && trace.x?.every((each) => typeof each === "number"));
    if (!lines || across.type === "date" || across.range) return;
    const places = data.flatMap((trace) => trace.x);
    const dots = data.some((trace) => trace.mode?.includes("markers"));
    across.range = [Math.min(0, ...places), Math.max(...places) * (dots ? 1.04 : 1)];
    across.autorange = false;
  }

  // Writes ticks and labels of the axis that carries the values; returns the traces with their labels.
  function labelled(data, axes, currency, narrow) {
    const across = data.some((trace) => trace.orientation === "h");
    const [name, side] = across ? ["xaxis", "x"] : ["yaxis", "y"];
    const write = WRITERS[axes[name].tickformat]?.(currency);
    if (across) Object.assign(axes.yaxis, { showgrid: false, zeroline: false, ticksuffix: " " });
    else axes.xaxis.showgrid = false;
    upTo(data, axes.xaxis);
    if (!write || data.some((trace) => trace.type === "heatmap")) return data;
    const values = data.flatMap((trace) => trace[side] ?? []).filter((value) => value !== null);
    const ticks = niceTicks(values);
    Object.assign(axes[name], { tickmode: "array", tickvals: ticks, ticktext: ticks.map(write) });
    return data.map((trace) => {
      const texts = (trace[side] ?? []).map((value) => (value === null ? "" : write(value)));
      if (trace.type === "bar" && across) {
        return { ...trace, text: texts, texttemplate: "%{text}", textposition: "outside", cliponaxis: false, textfont: { size: narrow ? 10 : 11 }, hovertemplate: "%{y}: %{text}<extra></extra>" };
      }
      return { ...trace, cliponaxis: false, text: texts, hovertemplate: trace.customdata ? trace.hovertemplate : "%{x}: %{text}<extra>%{fullData.name}</extra>", ...(trace.type === "bar" ? { textposition: "none" } : {}) };
    });
  }

  // The last value of each line over time, written beside it.
  function lastValues(data, axes, token, tall) {
    if (axes.xaxis.type !== "date") return [];
    const ends = data.filter((trace) => trace.type === "scatter" && trace.text?.length && trace.fill !== "toself");
    const last = ends.map((trace) => String(trace.x.at(-1))).sort().at(-1);
    const labels = ends.filter((trace) => String(trace.x.at(-1)) === last).map((trace) => {
      const at = trace.y.findLastIndex((value) => value !== null);
      return { x: trace.x[at], y: trace.y[at], text: trace.text[at], showarrow: false, xanchor: "left", xshift: 6, yshift: 0, font: { size: 11, color: token("--ink") } };
    }).sort((one, other) => one.y - other.y);
    const span = Math.max(...data.flatMap((trace) => trace.y ?? []), 0) || 1;
    return apart(labels, span, tall);
  }

  // Names at the ends of lines, each a line of text away from the one below it: a name moves up as far as it must, and
  // where the highest would leave the field all of them come down together. `tall` is the field's height in pixels.
  const LINE = 13;
  function apart(labels, span, tall) {
    const sorted = [...labels].sort((one, other) => one.y - other.y);
    let below = -Infinity;
    const places = sorted.map(({ y }) => {
      below = Math.max((y / span) * tall, below + LINE);
      return below;
    });
    const over = Math.max(0, (places.at(-1) ?? 0) - tall);
    sorted.forEach((label, at) => { label.yshift = places[at] - over - (label.y / span) * tall; });
    return labels;
  }

  // The same for names that the figure brings: those that end near each other stand apart.
  function named(data, annotations = [], tall = 200) {
    const width = Math.max(...data.flatMap((trace) => trace.x ?? []), 0) || 1;
    const span = Math.max(...data.flatMap((trace) => trace.y ?? []), 0) || 1;
    const groups = [];
    for (const label of annotations.map((each) => ({ ...each })).sort((one, other) => one.x - other.x)) {
      const near = groups.find((group) => Math.abs(group.at(-1).x - label.x) / width < 0.12);
      if (near) near.push(label);
      else groups.push([label]);
    }
    return groups.flatMap((group) => apart(group, span, tall));
  }

  function drawn(figure, plot) {
    const style = getComputedStyle(plot);
    const token = (name) => style.getPropertyValue(name).trim();
    const narrow = plot.offsetWidth < 480;
    const own = { xaxis: {}, yaxis: {}, ...figure.layout };
    const axes = Object.fromEntries(
      Object.keys(own).filter((name) => /^[xy]axis\d*$/.test(name)).map((name) => [name, axis(own[name], token, narrow)]),
    );
    const data = labelled(figure.data.map(stepped), axes, plot.dataset.currency, narrow);
    const bars = Math.max(0, ...data.filter((trace) => trace.orientation === "h").map((trace) => trace.y.length));
    const height = Number(plot.dataset.height) || Math.max(bars ? 160 : 360, bars * 24 + 88);
    const tall = height - 90; // what axis, titles and margins leave
    const lines = lastValues(data, axes, token, tall);
    const longest = Math.max(0, ...(own.annotations ?? []).map((each) => each.text?.length ?? 0));
    const room = Math.max(bars || lines.length ? 64 : 24, longest ? longest * 6.4 + 14 : 0);
    const layout = {
      ...own, ...axes,
      annotations: [...named(data, own.annotations, tall).map((each) => ({ bgcolor: token("--paper"), borderpad: 1, ...each })), ...lines],
      paper_bgcolor: "transparent", plot_bgcolor: "transparent",
      font: { family: style.fontFamily, size: 12, color: token("--ink") },
      hoverlabel: { bgcolor: token("--raised"), bordercolor: token("--grey-line"), font: { family: style.fontFamily, color: token("--ink"), size: 12 } },
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, ...own.legend },
      height, autosize: true, bargap: bars ? 1 - Math.min(0.68, (bars * 28) / (Number(plot.dataset.height) || 360)) : 0.32,
      margin: { l: 8, r: room, t: own.showlegend ? 36 : own.xaxis?.side === "top" ? 28 : 8, b: own.xaxis?.title?.text ? 48 : 28 },
    };
    return [data, layout];
  }

  // Fetched while an answer is being read, so that the first chart is there at once and no press has to wait for it.
  const whenIdle = window.requestIdleCallback ?? setTimeout;
  munshi.prepare = (base) => setTimeout(() => whenIdle(() => load(base).catch(() => {})), 2_000);

  munshi.draw = async (plot, base) => {
    const figure = JSON.parse(plot.dataset.figure);
    try {
      await load(base);
    } catch {
      plot.textContent = munshi.t("The chart could not be drawn: its library did not load. The table holds the same figures.");
      return;
    }
    if (!plot.isConnected) return;
    const dark = document.documentElement.dataset.theme === "dark";
    await Plotly.react(plot, ...drawn(dark ? recoloured(figure) : figure, plot), { displayModeBar: false, locale: munshi.language });
    plot.drawn = true;
    sizes.observe(plot);
  };
})();
