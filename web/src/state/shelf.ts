// Keeps files that are on their way in the browser, so that a page loaded anew can go on. Best effort: without it the
// file has to be chosen again.

export interface Waiting {
  key: string;
  session: string;
  file: File;
}

const NAME = "slimreel-uploads";
const TABLE = "files";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within<A>(mode: IDBTransactionMode, work: (table: IDBObjectStore) => IDBRequest<A>): Promise<A | null> {
  try {
    const database = await opened();
    return await new Promise<A>((resolve, reject) => {
      const request = work(database.transaction(TABLE, mode).objectStore(TABLE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    }).finally(() => database.close());
  } catch {
    return null;
  }
}

export const keep = (one: Waiting) => within("readwrite", (table) => table.put(one));
export const forget = (key: string) => within("readwrite", (table) => table.delete(key));

export async function waiting(session: string): Promise<Waiting[]> {
  const found = (await within("readonly", (table) => table.getAll() as IDBRequest<Waiting[]>)) ?? [];
  return found.filter((one) => one.session === session);
}
