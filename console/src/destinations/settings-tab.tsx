import { useQuery } from '@tanstack/react-query';
import { destinationQuery, formsQuery, historyQuery } from '../api/destinations.ts';
import { Loaded } from '../elements/loaded.tsx';
import { SettingsEditor } from './settings-editor.tsx';

/** The settings of a destination, to be changed. */
export function SettingsTab({ id }: { readonly id: number }) {
  const destination = useQuery(destinationQuery(id));
  const forms = useQuery(formsQuery);
  const history = useQuery(historyQuery(id));
  return (
    <Loaded query={destination} lines={8}>
      {(found) => (
        <Loaded query={forms} lines={8}>
          {(all) => (
            <Loaded query={history} lines={8}>
              {([newest]) => {
                const form = all.find(({ type }) => type === found.type);
                return (
                  form && (
                    <SettingsEditor
                      form={form}
                      card={found.report_card}
                      destination={found}
                      revision={newest?.revision}
                    />
                  )
                );
              }}
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}
