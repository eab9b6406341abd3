/** A remote-write 1.0 request with one sample, as a body ready to post: protobuf, in snappy's block format. */
export function remoteWriteRequest(labels: Record<string, string>, value: number, timestamp: number): Buffer {
    const pairs = Object.entries(labels)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, text]) => field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(text))])));
    const number = Buffer.alloc(9);
    number.writeUInt8((1 << 3) | 1, 0);
    number.writeDoubleLE(value, 1);
    const sample = Buffer.concat([number, Buffer.from([2 << 3]), varint(timestamp)]);
    return snappy(field(1, Buffer.concat([...pairs, field(2, sample)])));
}

/** A length-delimited protobuf field. */
function field(position: number, content: Buffer): Buffer {
    return Buffer.concat([Buffer.from([(position << 3) | 2]), varint(content.length), content]);
}

function varint(number: number): Buffer {
    const bytes: number[] = [];
    let rest = number;
    while (rest > 0x7f) {
        bytes.push((rest % 0x80) | 0x80);
        rest = Math.floor(rest / 0x80);
    }
    return Buffer.from([...bytes, rest]);
}

/** One literal: the format allows to compress nothing. */
function snappy(content: Buffer): Buffer {
    const length = Buffer.alloc(2);
    length.writeUInt16LE(content.length - 1);
    return Buffer.concat([varint(content.length), Buffer.from([61 << 2]), length, content]);
}
