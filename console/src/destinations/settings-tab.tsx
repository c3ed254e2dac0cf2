import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { destinationQuery, formsQuery } from '../api/destinations.ts';
import { Loaded } from '../elements/loaded.tsx';
import { SettingsEditor } from './settings-editor.tsx';

/** The settings of a destination, to be changed. */
export function SettingsTab({ id }: { readonly id: number }) {
  const found = useQuery(destinationQuery(id));
  const forms = useQuery(formsQuery);
  const [openings, setOpenings] = useState(0);
  const reload = async () => {
    await found.refetch();
    setOpenings(openings + 1);
  };
  return (
    <Loaded query={found} lines={8}>
      {({ destination, revision }) => (
        <Loaded query={forms} lines={8}>
          {(all) => {
            const form = all.find(({ type }) => type === destination.type);
            return (
              form && (
                <SettingsEditor
                  key={openings}
                  form={form}
                  card={destination.report_card}
                  destination={destination}
                  revision={revision}
                  onReload={() => void reload()}
                />
              )
            );
          }}
        </Loaded>
      )}
    </Loaded>
  );
}
