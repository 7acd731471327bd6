/** Rows of a layer, read as they are looked at: a million of them weigh no more than forty. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Search } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { keys, rows } from "../platform/queries";
import { failureOf } from "../platform/host";
import { count, useLanguage, useWords } from "../platform/words";
import { Act, FailureNote, Icon, Waiting } from "./pieces";

const tableWords = {
  search: ["Chercher dans la table", "Search the table"],
  reading: ["Lecture de la table…", "Reading the table…"],
  shown: [(n: string, one: boolean) => `${n} ligne${one ? "" : "s"}`, (n: string, one: boolean) => `${n} row${one ? "" : "s"}`],
  sort: [(c: string) => `Trier par ${c}`, (c: string) => `Sort by ${c}`],
  none: ["Aucune ligne.", "No row."],
  absent: ["vide", "empty"],
  only: [(n: number) => `L’entité ${n} seulement`, (n: number) => `Feature ${n} only`],
  all: ["Montrer toute la table", "Show the whole table"],
} as const;

const PAGE = 200;

export function Table({ sourceKey, layer, label, fid = null, onAll }: { sourceKey: string; layer: number; label: string; fid?: number | null; onAll?: () => void }) {
  const words = useWords(tableWords);
  const language = useLanguage();
  const [sort, setSort] = useState<string | null>(null);
  const [descending, setDescending] = useState(false);
  const [typed, setTyped] = useState("");
  const filter = useDeferredValue(typed.trim());
  const asked = { key: sourceKey, layer, offset: 0, limit: PAGE, sort, descending, filter: filter || null, fid };
  const query = useInfiniteQuery({
    queryKey: keys.rows(asked),
    queryFn: ({ pageParam }) => rows({ ...asked, offset: pageParam }),
    initialPageParam: 0,
    getNextPageParam: (last, all) => {
      const read = all.reduce((n, page) => n + page.rows.length, 0);
      return last.rows.length > 0 && read < last.total ? read : undefined;
    },
  });
  const all = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const fields = query.data?.pages[0]?.fields ?? [];
  const total = query.data?.pages[0]?.total ?? 0;
  const box = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the rows are read anew at each scroll
  const virtual = useVirtualizer({ count: all.length, getScrollElement: () => box.current, estimateSize: () => 32, overscan: 12 });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (last >= all.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, all.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  if (query.error) return <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />;
  const columns = `72px repeat(${fields.length}, minmax(130px, 1fr))`;
  const order = (field: string) => (sort === field ? (descending ? "descending" : "ascending") : "none");
  const press = (field: string) => {
    setDescending(sort === field ? !descending : false);
    setSort(field);
  };
  return (
    <div className="stack tight">
      <div className="row spread">
        {fid === null ? (
          <div className="searchbox">
            <Icon of={Search} />
            <input className="plain" type="search" placeholder={words.search} aria-label={words.search} value={typed} onChange={(e) => setTyped(e.target.value)} />
          </div>
        ) : (
          <span className="row tight">
            <span className="tag degrades">{words.only(fid)}</span>
            {onAll && (
              <Act look="quiet slim" onPress={onAll}>
                {words.all}
              </Act>
            )}
          </span>
        )}
        <span className="soft small num" role="status">
          {query.data ? words.shown(count(total, language), total < 2) : words.reading}
        </span>
      </div>
      {query.isPending ? (
        <Waiting>{words.reading}</Waiting>
      ) : (
        <div className="table" role="table" aria-label={label} aria-rowcount={total + 1} ref={box} tabIndex={0} data-testid="table">
          <div role="row" className="head" style={{ gridTemplateColumns: columns }}>
            <div role="columnheader">
              <span>fid</span>
            </div>
            {fields.map((field) => (
              <div role="columnheader" key={field} aria-sort={order(field)}>
                <button type="button" title={words.sort(field)} onClick={() => press(field)}>
                  <span className="cut">{field}</span>
                  {sort === field && <Icon of={descending ? ArrowDown : ArrowUp} />}
                </button>
              </div>
            ))}
          </div>
          {all.length === 0 && (
            <div role="row">
              <div role="cell" className="soft" style={{ padding: 16 }}>
                {words.none}
              </div>
            </div>
          )}
          <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative", minWidth: "max-content" }}>
            {items.map((item) => {
              const row = all[item.index];
              if (!row) return null;
              return (
                <div
                  role="row"
                  key={item.key}
                  className={fid !== null ? "picked" : ""}
                  aria-rowindex={item.index + 2}
                  style={{ gridTemplateColumns: columns, position: "absolute", width: "100%", height: item.size, transform: `translateY(${item.start}px)` }}
                >
                  <div role="cell" className="soft">
                    {row.fid}
                  </div>
                  {row.values.map((value, at) => (
                    <div role="cell" key={fields[at] ?? at} title={value ?? ""} className={value === null ? "null" : ""}>
                      {value ?? words.absent}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}
