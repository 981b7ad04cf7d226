/** The text of a message: paragraphs, `- ` lists and links; whatever else stands there is shown as written. */
import type { ComponentChildren, VNode } from "preact";

const LINK = /\[([^[\]]{1,200})\]\(((?:https:\/\/|tel:|mailto:)[^\s()]{1,500})\)/g;

/** The same without marks, for the ear and the clipboard; *addresses* keeps those of web pages. */
export function plain(text: string, addresses = false): string {
  return text.replace(LINK, (_, label: string, href: string) => (addresses && href.startsWith("https:") ? `${label} (${href})` : label));
}

export function Marked({ text }: { text: string }): VNode {
  const blocks = text.trim().split(/\n\s*\n/).filter((block) => block.trim());
  return <>{blocks.map((block) => runs(block).map(({ listed, lines }) => (listed ? <ul>{lines.map((line) => <li>{inline(line.slice(2))}</li>)}</ul> : <p>{broken(lines)}</p>)))}</>;
}

/** Lines of a list together, and lines of a paragraph together. */
function runs(block: string): { listed: boolean; lines: string[] }[] {
  const found: { listed: boolean; lines: string[] }[] = [];
  for (const line of block.split("\n")) {
    const listed = line.startsWith("- ");
    const last = found.at(-1);
    if (last && last.listed === listed) last.lines.push(line);
    else found.push({ listed, lines: [line] });
  }
  return found;
}

function broken(lines: string[]): ComponentChildren {
  return lines.map((line, at) => <>{at > 0 && <br />}{inline(line)}</>);
}

export function inline(text: string): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const link of text.matchAll(LINK)) {
    parts.push(text.slice(at, link.index), <Link href={link[2]!}>{link[1]}</Link>);
    at = link.index + link[0].length;
  }
  return [...parts, text.slice(at)];
}

/** A link, where its address is one that we follow; else only its words. */
export function Link({ href, children }: { href: string; children: ComponentChildren }): VNode {
  if (!/^(https:\/\/|tel:|mailto:)/.test(href)) return <>{children}</>;
  const away = href.startsWith("https:") ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return <a href={href} {...away}>{children}</a>;
}
