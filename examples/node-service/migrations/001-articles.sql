create table article (id bigint primary key, name text not null, price bigint not null);
