import type { FileSettings } from './file-settings.ts';
import type { StoreTarget } from './store-target.ts';

/** Where files go and how they are written. What credentials it leads to is never printed. */
export interface ObjectStoreSettings {
  readonly target: StoreTarget;
  readonly files: FileSettings;
}
