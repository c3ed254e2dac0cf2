import { afterAll, beforeAll, describe } from 'vitest';
import type { Connector } from '../../../src/destinations/destination.ts';
import { anyOrderContract } from './any-order.ts';
import { checkContract } from './checks.ts';
import { cutContract } from './cuts.ts';
import { hostileContract } from './hostile.ts';
import { nameContract } from './names.ts';
import { onceContract } from './once.ts';
import { openRoom, type Suite } from './open-suite.ts';
import { orderContract } from './order.ts';
import { recordedContract } from './recorded.ts';
import { rejectionContract } from './rejections.ts';
import { shapeContract } from './shapes.ts';
import { type ServerUnderTest, type TypeUnderTest, tablesUnderTest, type Way } from './type-under-test.ts';
import { valueContract } from './values.ts';
import { versionContract } from './versions.ts';

/**
 * What every destination must keep, whatever it is: a type's test file calls this with its server. Nothing is left out
 * for any type; where one lacks a capability, that it is absent is what is asserted.
 */
export async function describeDestination(given: TypeUnderTest): Promise<void> {
  const connector = (await given.type.connector?.()) as Connector | undefined;
  if (!connector?.open) throw new Error(`${given.type.type} cannot load`);
  const { capabilities, open } = connector;
  const tables = tablesUnderTest(capabilities.tables, given.format);
  const usual: Way = {
    name: 'as usual',
    open: (properties, context) => open.call(connector, connector.resolve(properties), context),
  };
  const ways = given.ways ?? [usual];
  const title = given.format === null ? given.type.title : `${given.type.title} (${given.format})`;

  describe(title, () => {
    let server: ServerUnderTest;
    beforeAll(async () => {
      server = await given.start();
    });
    afterAll(async () => await server?.[Symbol.asyncDispose]());
    const suite: Suite = {
      given,
      connector,
      capabilities,
      tables,
      ways,
      open: async (way = usual) => await openRoom(await server.openPlace(), way, tables),
    };
    checkContract(suite);
    for (const way of ways) {
      describe(way.name, () => {
        const onWay: Suite = { ...suite, open: () => suite.open(way) };
        valueContract(onWay);
        orderContract(onWay);
        versionContract(onWay);
        shapeContract(onWay);
        rejectionContract(onWay);
        onceContract(onWay);
        hostileContract(onWay);
      });
    }
    nameContract(suite);
    cutContract(suite);
    recordedContract(suite);
    anyOrderContract(suite);
  });
}
