import { useQuery } from '@tanstack/react-query';
import { destinationQuery, formsQuery } from '../api/destinations.ts';
import { Loaded } from '../elements/loaded.tsx';
import { SettingsEditor } from './settings-editor.tsx';

/** The settings of a destination, to be changed. */
export function SettingsTab({ id }: { readonly id: number }) {
  const found = useQuery(destinationQuery(id));
  const forms = useQuery(formsQuery);
  return (
    <Loaded query={found} lines={8}>
      {({ destination, revision }) => (
        <Loaded query={forms} lines={8}>
          {(all) => {
            const form = all.find(({ type }) => type === destination.type);
            return (
              form && (
                <SettingsEditor
                  form={form}
                  card={destination.report_card}
                  destination={destination}
                  revision={revision}
                />
              )
            );
          }}
        </Loaded>
      )}
    </Loaded>
  );
}
