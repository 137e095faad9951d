/** Colours by what they are for, as in `{ text: '#111' }`. */
type Palette = Readonly<Record<string, string>>;

export interface PictureWords {
  /** Begins the ids in the picture, so that two pictures of one page do not meet. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The colours that it was drawn in, and what each becomes on a dark page. */
  readonly light: Palette;
  readonly dark: Palette;
}

/** An SVG of echarts with words for those who do not see it, other colours on a dark page, and nothing that counts. */
export function accessibleSvg(svg: string, { name, title, description, light, dark }: PictureWords): string {
  const head = [
    `<title id="title">${title}</title>`,
    `<desc id="desc">${description}</desc>`,
    `<style>@media (prefers-color-scheme: dark) { ${darkRules(light, dark)} }</style>`,
  ];
  return svg
    .replace(/ xmlns:xlink="[^"]*"/, '')
    .replace(/\bzr\d+-/g, `${name}-`) // the library counts its pictures
    .replace(new RegExp(` class="${name}[^"]*"`, 'g'), '') // nothing happens when a pointer is over it
    .replace(/<path [^>]*fill-opacity="0"[^>]*><\/path>\s*/g, '') // behind titles, and not seen
    .replace(/<style[^>]*>[\s\S]*?<\/style>\s*/g, '')
    .replace(/<svg ([^>]*)>/, `<svg role="img" aria-labelledby="title desc" $1>\n${head.join('\n')}`);
}

const darkRules = (light: Palette, dark: Palette): string =>
  Object.keys(light)
    .flatMap((part) =>
      ['fill', 'stroke'].map((kind) => `[${kind}="${light[part]}"] { ${kind}: ${dark[part]} }`),
    )
    .join(' ');
