# ruff: noqa: E501
"""The report's style sheet: light and dark, on screen and on paper."""

CSS = """
:root { color-scheme: light dark;
  --bg: #ffffff; --fg: #1c2330; --soft: #5a6577; --line: #d8dee8; --card: #f5f7fa;
  --c0: #1565c0; --c1: #b8460b; --c2: #2e7d32; --c3: #7b1fa2; --c4: #00707d; --c5: #9c5700;
  --heat: 21, 101, 192; --wrong: 198, 60, 20; --good: #1b6e2c; }
@media (prefers-color-scheme: dark) { :root {
  --bg: #14181f; --fg: #e6eaf1; --soft: #a3aebf; --line: #333c4a; --card: #1d232d;
  --c0: #64b5f6; --c1: #ff9e66; --c2: #81c784; --c3: #ce93d8; --c4: #4dd0e1; --c5: #ffca60;
  --heat: 100, 181, 246; --wrong: 255, 140, 90; --good: #81c784; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--bg); color: var(--fg);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.6rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
p { margin: .5rem 0; max-width: 46rem; }
.soft, figcaption { color: var(--soft); }
.headline { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: center; margin: 1.5rem 0 .5rem; }
.headline strong { font-size: 3.4rem; line-height: 1; letter-spacing: -.02em; color: var(--c0);
  font-variant-numeric: tabular-nums; white-space: nowrap; }
.headline p { flex: 1 1 18rem; font-size: 1.08rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .6rem; margin: 1rem 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .55rem .8rem; }
dt { font-size: .8rem; color: var(--soft); } dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1.5rem; }
figure { margin: 0; } figcaption { font-size: .88rem; margin-top: .3rem; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; } svg .strong { fill: var(--fg); } svg .on { fill: var(--bg); }
svg .grid { stroke: var(--line); } svg .axis { stroke: var(--soft); }
svg .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; min-width: 24rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); font-size: .85rem; } .n { text-align: right; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; overflow-x: auto;
  font: 13px/1.5 ui-monospace, "SF Mono", Consolas, monospace; }
code { font: .92em ui-monospace, "SF Mono", Consolas, monospace; overflow-wrap: anywhere; }
summary { cursor: pointer; font-weight: 600; margin: .6rem 0; } summary:focus-visible { outline: 2px solid var(--c0); }
footer { margin-top: 3rem; font-size: .88rem; color: var(--soft); }
@media print { body { max-width: none; padding: 0; } h2 { break-after: avoid; } figure, .facts { break-inside: avoid; } }
"""
