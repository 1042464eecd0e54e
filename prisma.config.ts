/** For people who run Prisma's own command, which is not installed: npx prisma@7.10.0 migrate status */
const databaseUrl = process.env['DATABASE_URL'];

export default {
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(databaseUrl === undefined ? {} : { datasource: { url: databaseUrl } }),
};
