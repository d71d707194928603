// Runs before the first paint, so that what was chosen never flashes in other colours.
{
  const theme = localStorage.getItem('aico.theme');
  const { dataset, style } = document.documentElement;
  if (theme === 'light' || theme === 'dark') dataset.theme = theme;
  const color = String.raw`(#[0-9a-f]{6}|oklch\([\d.]{1,6} [\d.]{1,6} [\d.]{1,6}\))`;
  const pair = new RegExp(`^light-dark\\(${color}, ${color}\\)$`, 'i');
  try {
    for (const [name, value] of Object.entries(JSON.parse(localStorage.getItem('aico.colors') ?? '{}')))
      if (/^--color-[a-z-]{1,20}$/.test(name) && pair.test(value)) style.setProperty(name, value);
  } catch {
    // What is kept there is no JSON: AICO's own colours, then.
  }
}
