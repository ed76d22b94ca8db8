const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'] as const;

/**
 * Bytes as docker prints them: SI units, up to `precision` significant digits, no space (`133MB`, `1.5kB`, `0B`).
 * Follows HumanSizeWithPrecision of docker/go-units, which prints with Go's `%.{precision}g`.
 */
export function dockerSize(bytes: number, precision = 3): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  return formatG(size, precision) + (UNITS[unit] ?? '');
}

/** Bytes for the interface: three significant digits, a space before the unit (`133 MB`, `1.50 kB`, `0 B`). */
export function humanSize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  const text = unit === 0 ? String(Math.round(size)) : size.toPrecision(3);
  return `${text} ${UNITS[unit] ?? ''}`;
}

/** Go's `%.{precision}g` for the numbers that sizes are: no trailing zeros, an exponent of at least two digits past the precision. */
function formatG(value: number, precision: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponentText = '0'] = value.toExponential(precision - 1).split('e');
  const exponent = Number(exponentText);
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (exponent < -4 || exponent >= precision) {
    return `${trimmed}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return String(Number(value.toPrecision(precision)));
}
