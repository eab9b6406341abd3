const hours = { h: 1, d: 24, w: 24 * 7, y: 24 * 365 } as const;

/** The hours in a duration such as `36h`, `30d` or `2y`; `0d` keeps for ever and is therefore infinite. */
export function inHours(duration: string): number {
    const count = Number(duration.slice(0, -1));
    const unit = duration.slice(-1) as keyof typeof hours;
    return count === 0 ? Infinity : count * hours[unit];
}
