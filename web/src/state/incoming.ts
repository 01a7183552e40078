// What was dropped or pasted: files, those of folders too, or an address.

/** The files of a drop; an address where it was a link. */
export async function dropped(event: DragEvent): Promise<File[] | string | null> {
  const data = event.dataTransfer;
  if (!data) return null;
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry != null);
  if (!entries.length) return data.files.length ? [...data.files] : addressIn(data);
  return (await Promise.all(entries.map(filesOf))).flat().filter((file) => !file.name.startsWith("."));
}

export function pasted(event: ClipboardEvent): File[] | string | null {
  const target = event.target as HTMLElement | null;
  if (target?.closest("input, textarea")) return null;
  const data = event.clipboardData;
  if (!data) return null;
  return data.files.length ? [...data.files] : addressIn(data);
}

function addressIn(data: DataTransfer): string | null {
  const text = (data.getData("text/uri-list") || data.getData("text/plain")).trim().split("\n")[0] ?? "";
  return /^https?:\/\/\S+$/.test(text) ? text : null;
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  for (;;) {
    // A reader gives a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    found.push(...(await Promise.all(some.map(filesOf))).flat());
  }
}
