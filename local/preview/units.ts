/** Writes a number in a unit; with as many decimals as Grafana finds good where none are given. */
type Write = (value: number, decimals?: number) => string;

const counts = ["", " K", " Mil", " Bil", " Tri"];
const decimal = ["", "k", "M", "G", "T", "P"];
const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** The units that dashboards use, by Grafana's names. */
const units: Record<string, Write> = {
    none: (value, decimals) => fixed(value, decimals),
    short: scaled(counts.map((suffix, power) => [1000 ** power, suffix])),
    locale: (value, decimals) => value.toLocaleString("en", { maximumFractionDigits: decimals ?? 3 }),
    percent: (value, decimals) => `${fixed(value, decimals)}%`,
    percentunit: (value, decimals) => `${fixed(value * 100, decimals)}%`,
    celsius: (value, decimals) => `${fixed(value, decimals)} °C`,
    bool: (value) => (value === 0 ? "False" : "True"),
    bool_yes_no: (value) => (value === 0 ? "No" : "Yes"),
    bool_on_off: (value) => (value === 0 ? "Off" : "On"),
    bytes: prefixed("B", 1024, binary),
    mbytes: prefixed("B", 1024, binary, 2),
    gbytes: prefixed("B", 1024, binary, 3),
    decbytes: prefixed("B", 1000, decimal),
    decmbytes: prefixed("B", 1000, decimal, 2),
    decgbytes: prefixed("B", 1000, decimal, 3),
    Bps: prefixed("B/s", 1000, decimal),
    binBps: prefixed("B/s", 1024, binary),
    bps: prefixed("b/s", 1000, decimal),
    pps: prefixed("p/s", 1000, decimal),
    hertz: prefixed("Hz", 1000, decimal),
    watt: prefixed("W", 1000, decimal),
    cps: rate("c/s"),
    ops: rate("ops/s"),
    reqps: rate("req/s"),
    rps: rate("rd/s"),
    wps: rate("wr/s"),
    iops: rate("io/s"),
    s: scaled([
        [1e-9, " ns"],
        [1e-6, " µs"],
        [1e-3, " ms"],
        [1, " s"],
        [minute, " mins"],
        [hour, " hours"],
        [day, " days"],
        [7 * day, " weeks"],
        [year, " years"],
    ]),
    ms: scaled([
        [1, " ms"],
        [1e3, " s"],
        [1e3 * minute, " mins"],
        [1e3 * hour, " hours"],
        [1e3 * day, " days"],
        [1e3 * year, " years"],
    ]),
    m: scaled([
        [1, " mins"],
        [60, " hours"],
        [24 * 60, " days"],
    ]),
    h: scaled([
        [1, " hours"],
        [24, " days"],
        [7 * 24, " weeks"],
    ]),
    d: scaled([
        [1, " days"],
        [7, " weeks"],
        [365, " years"],
    ]),
    dateTimeAsIso: (value) => new Date(value).toISOString().slice(0, 19).replace("T", " "),
    dateTimeFromNow: (value) => fromNow((value - Date.now()) / 1000),
};

/**
 * A value as Grafana writes it.
 *
 * @throws on a unit that the table does not have
 */
export function format(value: number, unit = "none", decimals?: number): string {
    const write = units[unit];
    if (write === undefined) {
        throw new Error(`the preview does not know the unit "${unit}"; it belongs into local/preview/units.ts`);
    }
    return Number.isFinite(value) ? write(value, decimals) : String(value).replace("Infinity", "∞");
}

/** `from` is the power of the factor that the numbers count in already. */
function prefixed(unit: string, factor: number, prefixes: string[], from = 0): Write {
    return scaled(prefixes.map((prefix, power) => [factor ** (power - from), ` ${prefix}${unit}`]));
}

function rate(unit: string): Write {
    return scaled(counts.map((suffix, power) => [1000 ** power, `${suffix} ${unit}`]));
}

/** In the largest of `scales` that the value reaches; they rise. */
function scaled(scales: [number, string][]): Write {
    return (value, decimals) => {
        const reached = scales.filter(([factor]) => Math.abs(value) >= factor).at(-1);
        // Nothing is nothing in any scale, and reads best in the plain one.
        const plain = scales.find(([factor]) => factor === 1) ?? scales[0];
        const [factor, suffix] = (value === 0 ? plain : (reached ?? scales[0])) ?? [1, ""];
        return `${fixed(value / factor, decimals)}${suffix}`;
    };
}

/** Three digits, and none behind the point of a whole number. */
function fixed(value: number, decimals?: number): string {
    const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
    const worth = Number.isInteger(value) ? 0 : Math.max(0, 2 - magnitude);
    return value.toFixed(Math.min(decimals ?? worth, 15));
}

function fromNow(seconds: number): string {
    const text = format(Math.abs(seconds), "s", 0);
    return seconds < 0 ? `${text} ago` : `in ${text}`;
}
