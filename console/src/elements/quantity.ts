const whole = new Intl.NumberFormat('en');

export const renderCount = (count: number): string => whole.format(count);

/** `1 row`, `2,000 rows`. */
export const renderQuantity = (count: number, one: string, many = `${one}s`): string =>
  `${whole.format(count)} ${count === 1 ? one : many}`;
