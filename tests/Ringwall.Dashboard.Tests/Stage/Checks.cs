namespace Ringwall.Dashboard.Tests.Stage;

/// <summary>What is looked at inside the browser. Each gives what is wrong, in words; none when nothing is.</summary>
internal static class Checks
{
    /// <summary>Layout shifts that no person caused, from before the page loads (web.dev/cls).</summary>
    public const string WatchShifts = """
        window.shifted = 0;
        window.shiftedWhat = '';
        new PerformanceObserver(list => {
          for (const entry of list.getEntries()) {
            if (!entry.hadRecentInput) {
              window.shifted += entry.value;
              window.shiftedWhat += entry.value + ': ' + entry.sources.map(s => s.node?.outerHTML?.slice(0, 120) ?? s.node?.textContent).join(' | ') + '\n';
            }
          }
        }).observe({ type: 'layout-shift', buffered: true });
        """;

    /// <summary>Text whose contrast with what is behind it is below WCAG 2.2, 1.4.3: 4.5, or 3 when it is large.</summary>
    public const string Contrast = """
        () => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const rgba = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
          const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
          const behind = element => {
            const layers = [];
            for (let e = element; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
            return layers.reverse().reduce((below, layer) => over(layer, below), matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255]);
          };
          const light = rgb => { const [r, g, b] = rgb.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const wrong = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (!walker.currentNode.textContent.trim() || !element.checkVisibility({ visibilityProperty: true }) || element.closest('.unseen, .skip, option, title, script')) continue;
            const style = getComputedStyle(element);
            const back = behind(element);
            const ink = over(rgba(element.closest('svg') ? style.fill : style.color), back);
            const [a, b] = [light(ink), light(back)];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            const size = parseFloat(style.fontSize);
            const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
            if (ratio < (large ? 3 : 4.5)) wrong.push(`${ratio.toFixed(2)}: "${walker.currentNode.textContent.trim().slice(0, 40)}" in ${element.tagName}.${element.className}`);
          }
          return [...new Set(wrong)];
        }
        """;

    public const string Structure = """
        () => {
          const wrong = [];
          const all = selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility({ visibilityProperty: true }) || e.closest('.unseen'));
          for (const landmark of ['main', 'nav', 'header']) if (!document.querySelector(landmark)) wrong.push(`no ${landmark}`);
          if (all('h1, .empty h2').length < 1 || all('h1').length > 1) wrong.push('not one h1');
          let level = 1;
          for (const heading of all('h1, h2, h3, h4, h5, h6')) {
            const next = Number(heading.tagName[1]);
            if (next > level + 1) wrong.push(`${heading.tagName} "${heading.textContent}" after h${level}`);
            if (!heading.textContent.trim()) wrong.push('an empty heading');
            level = next;
          }
          const named = e => (e.getAttribute('aria-label') ?? '').trim() || [...(e.getAttribute('aria-labelledby') ?? '').split(' ')].some(id => id && document.getElementById(id)?.textContent.trim())
            || [...(e.labels ?? [])].some(label => label.textContent.trim());
          for (const field of all('input:not([type=hidden]), select, textarea')) if (!named(field)) wrong.push(`no label: ${field.outerHTML.slice(0, 100)}`);
          for (const button of all('button, a[href], summary')) if (!named(button) && !button.textContent.trim()) wrong.push(`no name: ${button.outerHTML.slice(0, 100)}`);
          for (const region of all('[role=region], [role=group], section, nav, form[role=search] ~ form[role=search]')) if (!region.matches('.empty') && !named(region)) wrong.push(`no name: ${region.outerHTML.slice(0, 100)}`);
          for (const image of all('img:not([alt]), svg:not([aria-hidden]):not([aria-label])')) wrong.push(`no words: ${image.outerHTML.slice(0, 100)}`);
          for (const head of all('thead th')) if (!head.hasAttribute('scope')) wrong.push(`no scope: ${head.outerHTML}`);
          const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
          for (const id of new Set(ids)) if (ids.filter(i => i === id).length > 1) wrong.push(`id twice: ${id}`);
          for (const e of document.querySelectorAll('[aria-labelledby], [aria-describedby]')) for (const id of (e.getAttribute('aria-labelledby') ?? e.getAttribute('aria-describedby')).split(' ')) if (!document.getElementById(id)) wrong.push(`no #${id}`);
          return wrong;
        }
        """;

    public const string TooWide = """
        () => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1).map(e => `${e.tagName}.${e.className} to ${Math.round(e.getBoundingClientRect().right)}`).concat('the page scrolls sideways').slice(-12);
        }
        """;
}
