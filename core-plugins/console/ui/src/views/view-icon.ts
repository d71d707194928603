import type { ViewContribution } from '@aico/sdk';
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import Heart from '@lucide/svelte/icons/heart';
import Image from '@lucide/svelte/icons/image';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import List from '@lucide/svelte/icons/list';
import MapIcon from '@lucide/svelte/icons/map';
import NotebookPen from '@lucide/svelte/icons/notebook-pen';
import Star from '@lucide/svelte/icons/star';
import type { Icon } from '../plugins/plugin-icon.ts';

const ICONS: Readonly<Record<NonNullable<ViewContribution['icon']>, Icon>> = {
  calendar: CalendarDays,
  chart: ChartColumn,
  heart: Heart,
  list: List,
  map: MapIcon,
  note: NotebookPen,
  picture: Image,
  star: Star,
};

/** The picture that a view chose. */
export function viewIcon(name: ViewContribution['icon']): Icon {
  return name === undefined ? LayoutDashboard : ICONS[name];
}
