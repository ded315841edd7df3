import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** One file of a ZIP archive; undefined if there is no such file, or it is not an archive. */
export function unzip(archive: Buffer, name: string): Buffer | undefined {
  // The directory is at the end, before a comment that is rarely there.
  for (let end = archive.length - 22; end >= 0; end -= 1) {
    if (archive.readUInt32LE(end) !== END_OF_DIRECTORY) continue;
    return fileIn(archive, archive.readUInt32LE(end + 16), archive.readUInt16LE(end + 10), name);
  }
  return undefined;
}

function fileIn(archive: Buffer, directory: number, count: number, name: string): Buffer | undefined {
  let at = directory;
  for (let index = 0; index < count && archive.readUInt32LE(at) === DIRECTORY_ENTRY; index += 1) {
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const start = at + 46;
    const end = start + (nameLength ?? 0);
    if (archive.toString('utf8', start, end) === name) return contentAt(archive, at);
    at = end + (extra ?? 0) + (comment ?? 0);
  }
  return undefined;
}

function contentAt(archive: Buffer, entry: number): Buffer | undefined {
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const local = archive.readUInt32LE(entry + 42);
  // Its name and extra field may have other lengths than in the directory.
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const content = archive.subarray(start, start + size);
  if (method === STORED) return content;
  return method === DEFLATED ? inflateRawSync(content) : undefined;
}
